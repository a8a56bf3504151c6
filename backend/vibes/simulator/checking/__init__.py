"""Validation of graphs, with ComfyUI's error types and messages."""
