"""``vibes costs``: what was spent, and what may have been paid for in vain."""
