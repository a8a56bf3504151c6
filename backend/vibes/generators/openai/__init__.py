"""OpenAI's image models, and every server that speaks as OpenAI does."""
