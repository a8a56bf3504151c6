"""ComfyUI on rented machines of Vast.ai: what may be rented, what is rented, and that all of it is given back."""
