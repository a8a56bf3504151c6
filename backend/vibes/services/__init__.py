"""The hub's use cases, in rooms named after what sets them in motion."""
