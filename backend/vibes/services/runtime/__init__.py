"""What every service may lean on: the real clock, loops that go on, files that are whole."""
