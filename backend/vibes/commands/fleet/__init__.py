"""``vibes nodes``: the machines of a hub."""
