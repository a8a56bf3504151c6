"""Finds the templates, the default config and the studio that come with the hub: in the wheel, or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder(name: str) -> Path:
    """``templates`` or ``config``."""
    in_wheel = _PACKAGE / "_shipped" / name
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parents[1] / name


def built_studio() -> Path | None:
    """The browser studio, where it was built or came with the wheel; None where neither is so."""
    folder = _PACKAGE / "_shipped" / "studio"
    return folder if (folder / "index.html").is_file() else None
