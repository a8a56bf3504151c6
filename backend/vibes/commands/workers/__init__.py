"""``vibes worker``: the command of a GPU machine."""
