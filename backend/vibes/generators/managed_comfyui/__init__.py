"""A ComfyUI of one's own as a process: started, watched, started again when it fails, and stopped."""
