"""Set in motion by a chain of tasks: each becomes a batch as soon as its inputs exist."""
