"""Whatever can draw, as one class: `ImageGenerator`. Knows nothing of the hub, and can be used without it."""
