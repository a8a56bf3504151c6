"""Replicas in virtual time."""
