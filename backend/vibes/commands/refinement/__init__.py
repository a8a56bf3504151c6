"""``vibes refine``: say what should change about the pictures of a session."""
