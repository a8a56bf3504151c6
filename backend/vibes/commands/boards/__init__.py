"""``vibes boards``: pictures that people have put together."""
