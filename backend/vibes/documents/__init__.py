"""Reads files that people edit or send, without trust: every mistake has its place."""
