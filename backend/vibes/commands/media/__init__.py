"""``vibes media``: where the pictures are kept."""
