"""Expands ``~`` in paths where no shell does: in variables, unit files, ``.env`` and after ``--out=``."""

from pathlib import Path


def at_home(path: Path) -> Path:
    """The path with a leading ``~`` or ``~user`` expanded; unchanged when there is no such user."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
