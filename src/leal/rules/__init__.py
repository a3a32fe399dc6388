"""The nouns: what points, tiers and programmes mean, as pure functions over values."""
