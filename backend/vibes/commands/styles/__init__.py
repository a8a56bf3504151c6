"""``vibes styles``: styles and characters that are laid over prompts."""
