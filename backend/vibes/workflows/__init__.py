"""From templates, manifests and values to ComfyUI graphs; pure."""
