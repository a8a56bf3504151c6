"""Adapters to the machines that make images."""
