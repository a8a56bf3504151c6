"""``vibes concept``: a prompt as cards."""
