"""A generator that only pretends: pictures for tests and for trying things out, with every trouble by script."""
