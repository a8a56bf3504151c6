"""The listening side: uvicorn with limits for connections."""
