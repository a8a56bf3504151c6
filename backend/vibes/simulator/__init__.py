"""A ComfyUI-compatible server without a GPU."""
