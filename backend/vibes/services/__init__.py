"""What the hub does: the use cases, and the ports that they need."""
