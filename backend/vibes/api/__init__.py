"""HTTP and WebSocket surface of the hub."""
