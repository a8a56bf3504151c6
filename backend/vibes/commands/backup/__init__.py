"""``vibes backup`` and ``vibes restore``."""
