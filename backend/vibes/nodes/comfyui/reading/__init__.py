"""What a ComfyUI says, read with suspicion."""
