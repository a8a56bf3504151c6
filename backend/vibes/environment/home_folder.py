"""``~`` in paths where no shell expands it: in variables, unit files, ``.env`` and behind ``--out=``."""

from pathlib import Path


def at_home(path: Path) -> Path:
    """With a leading ``~`` or ``~somebody`` as that home folder; as it is where there is no such person."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
