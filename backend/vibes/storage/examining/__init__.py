"""Looks at a database without opening it as a hub: nothing is made, locked, migrated or written."""
