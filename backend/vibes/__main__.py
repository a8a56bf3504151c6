"""``python -m vibes``."""

from vibes.cli import main

main()
