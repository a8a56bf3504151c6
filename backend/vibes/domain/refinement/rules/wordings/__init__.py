"""How wishes are worded in each language."""
