"""What one life of a simulated node holds: files, queue, memory, listeners."""
