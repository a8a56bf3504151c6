"""Reads text files that people edit, so that every mistake has a line."""
