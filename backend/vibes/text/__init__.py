"""Words and names, compared, shortened and made harmless; knows nothing of the hub."""
