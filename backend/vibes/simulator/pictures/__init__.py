"""Draws the simulator's pictures: deterministic, quick, with Pillow alone."""
