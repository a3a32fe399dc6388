"""A second, slow and obvious reading of the loyalty rules, to hold the engine against."""
