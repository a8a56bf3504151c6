"""Set in motion by machines: which nodes there are, their states, what they have."""
