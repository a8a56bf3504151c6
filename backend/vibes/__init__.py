"""Vibes ImGen: one image studio out of several unequal ComfyUI machines."""
