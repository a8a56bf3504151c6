"""Set in motion by a chain of tasks: each becomes a batch as soon as what it starts from is there."""
