"""``vibes queue``: what waits, and steering it."""
