"""``vibes workflows``: the workflow folders, without a hub."""
