"""Waiting and running work, in memory, and predictions of its end."""
