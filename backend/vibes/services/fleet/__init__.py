"""Set in motion by machines: which there are, how they are, what they have."""
