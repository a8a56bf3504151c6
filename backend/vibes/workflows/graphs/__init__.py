"""What a ComfyUI graph says of itself, read by walking it."""
