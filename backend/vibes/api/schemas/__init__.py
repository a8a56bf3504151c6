"""Bodies of the HTTP API, as pydantic models."""
