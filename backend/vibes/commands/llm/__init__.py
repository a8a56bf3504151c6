"""``vibes llm``: the language models that the hub asks."""
