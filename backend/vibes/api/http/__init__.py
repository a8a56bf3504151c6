"""What every route leans on: keys, caps, errors, dependencies."""
