"""``vibes rent``: machines that the hub rents."""
