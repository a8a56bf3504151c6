"""``vibes simulate``: ComfyUI-compatible nodes without a GPU."""
