"""Reads manifests as people write them, and reports every mistake."""
