"""Requests to a hub and its answers: patience, suspicion, and each mistake as an exception."""
