"""The shipped words of each field, and what they go with."""
