"""Which model files a workflow loads."""
