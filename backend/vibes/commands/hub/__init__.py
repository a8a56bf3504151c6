"""``vibes serve`` and ``vibes demo``: a hub in this process."""
