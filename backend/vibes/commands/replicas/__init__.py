"""The group of `vibes replicas`."""
