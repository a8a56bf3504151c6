"""Manifests as people write them, read with every mistake told."""
