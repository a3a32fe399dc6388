"""Content blocks: what a customer is shown, chosen from what is known; as values, not yet as words or pictures."""
