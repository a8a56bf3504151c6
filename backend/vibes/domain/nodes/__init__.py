"""Machines: what an entry of gpus.yaml says, what a node has, how it stands, and what it tells."""
