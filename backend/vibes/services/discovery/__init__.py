"""Finds machines in the local network when a person asks for it, and writes them into gpus.yaml."""
