"""``vibes retention``: which pictures go by themselves."""
