"""What can be read from a ComfyUI graph by following its links."""
