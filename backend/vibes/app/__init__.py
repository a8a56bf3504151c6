"""Composition root of the hub: builds its parts and shuts them down."""
