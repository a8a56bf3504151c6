"""What this machine says of itself: disks, memory, ports, addresses. Everything is only read."""
