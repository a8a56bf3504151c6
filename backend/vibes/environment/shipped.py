"""Finds templates, default config and studio that come with the hub, in a wheel or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder(name: str) -> Path:
    """``templates`` or ``config``."""
    in_wheel = _PACKAGE / "_shipped" / name
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parents[1] / name


def built_studio() -> Path | None:
    """The browser studio; None when it was neither built nor shipped."""
    folder = _PACKAGE / "_shipped" / "studio"
    return folder if (folder / "index.html").is_file() else None
