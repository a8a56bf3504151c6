"""Names of text encoders' text inputs."""

TEXT_INPUTS = ("text", "prompt", "user_prompt", "t5xxl", "text_g", "text_l", "clip_g", "clip_l", "llama")
"""Where a graph node has several, the most descriptive one comes first."""
