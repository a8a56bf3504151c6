"""fal.ai: stored ComfyUI workflows and Lightning image-to-image, through its queue."""
