"""What a simulated node holds from a start to the next: files, queue, memory, listeners."""
