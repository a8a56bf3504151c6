"""Composition root of the hub: builds it out of its parts and takes it down again."""
