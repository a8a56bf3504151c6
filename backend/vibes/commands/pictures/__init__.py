"""``vibes generate``: pictures from a prompt."""
