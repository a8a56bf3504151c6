"""Whether a graph may run, told in the words of ComfyUI."""
