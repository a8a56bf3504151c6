"""Which node does what, decided purely from a snapshot."""
