"""``vibes run``: a workflow job."""
