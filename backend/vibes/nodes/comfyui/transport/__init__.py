"""The lines to one ComfyUI: HTTP and its WebSocket, with limits on size and time."""
