"""Reads ComfyUI's answers and messages, and checks them."""
