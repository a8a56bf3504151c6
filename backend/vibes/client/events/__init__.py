"""What happens in a hub as it happens: sessions over a WebSocket, jobs as server-sent events."""
