"""Language models behind the chat port: Ollama's own dialect, and the OpenAI-compatible one of all others."""
