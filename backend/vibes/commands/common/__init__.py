"""What several commands share: the terminal, options, settings, the way to a hub."""
