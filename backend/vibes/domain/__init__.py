"""The hub's values and their rules: frozen, no I/O."""
