"""Live events from the leader to those that follow, over a broker that may lose any of them."""
