"""Processes that are begun beside the hub: what they are told of its environment, and that they end with it."""
