"""Makes a workflow from a ComfyUI export."""
