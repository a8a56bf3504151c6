"""The kind ``comfyui-managed``: a ComfyUI on the hub's own machine that the hub starts, watches and stops."""
