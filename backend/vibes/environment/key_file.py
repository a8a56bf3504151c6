"""Reads the API key from a file, which keeps it out of process lists and shell histories."""

from pathlib import Path

MAX_BYTES = 4096


def read_key(path: Path) -> str:
    """The file's only line. Raises ValueError that says what is wrong, without any of the content."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"the key file {path} cannot be read: {error.strerror}") from error
    key = content.decode("utf-8-sig", errors="replace").strip()
    if len(content) > MAX_BYTES or not key or not key.isprintable() or not key.isascii():
        raise ValueError(f"the key file {path} must hold the key alone, in one line of plain ASCII")
    return key
