"""Templates and manifests in, ComfyUI graphs out; pure."""
