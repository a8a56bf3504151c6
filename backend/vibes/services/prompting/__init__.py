"""Prompts: saved styles and characters, wildcard lists, what was written before, and words completed while typing."""
