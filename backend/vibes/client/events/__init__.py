"""Live events of a hub: sessions over a WebSocket, jobs as server-sent events."""
