"""The kind ``vast``: a ComfyUI on a machine that is rented while there is work for it, and given back."""
