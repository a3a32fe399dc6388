"""The words that members read: a catalogue of sentences for each language, and the voice that says them."""
