"""The routes of a simulated node."""
