"""Requests to a hub: waiting for it, checking its answers, and exceptions for its refusals."""
