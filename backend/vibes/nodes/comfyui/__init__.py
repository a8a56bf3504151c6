"""Adapter to a stock ComfyUI over HTTP and WebSocket."""
