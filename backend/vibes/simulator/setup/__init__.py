"""How a simulated node is set up: its card, its files, its dialect, its faults."""
