"""Carries out prompts in simulated time."""
