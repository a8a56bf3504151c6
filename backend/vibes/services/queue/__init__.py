"""What waits and what is under way, in memory, and when it will be done."""
