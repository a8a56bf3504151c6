"""A process on a GPU machine that carries out the hub's orders with one ComfyUI: the second composition root."""
