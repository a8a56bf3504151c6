"""``vibes db``: the hub's database."""
