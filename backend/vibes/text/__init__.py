"""Functions on words and names: compare, shorten, make harmless; knows nothing of the hub."""
