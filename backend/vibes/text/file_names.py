"""Names of model files as different machines write them: ``styles/x.safetensors`` and ``styles\\x.safetensors``.

The hub writes names with slashes, and spells them for a node as the node does. Whether two names mean the same file
depends on the node's path style: only on Windows a backslash separates and letter case does not matter.
"""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum


class PathStyle(StrEnum):
    """How a machine interprets the file names that it lists."""

    POSIX = "posix"
    """A backslash is an ordinary character, and letter case matters."""
    WINDOWS = "windows"
    """Both slashes separate, and letter case does not matter."""
    DOUBTFUL = "doubtful"
    """It reports another system than Windows, but its lists have only backslashes as separators: a Windows machine
    behind a gateway, or one file with an odd name. Decided by whether another node has that name with slashes
    (`FleetNames`)."""


_FILE_NAME = re.compile(r"[/\\]|\.[A-Za-z]\w{1,10}$")

_WINDOWS_SYSTEMS = frozenset({"nt", "win32", "windows", "cygwin"})
"""ComfyUI's names for Windows: ``os.name`` in old versions, ``sys.platform`` in new ones."""


def path_style(system: str | None, names: Iterable[str]) -> PathStyle:
    """The style, from the system that a node reports (or None) and the model files that it lists."""
    if system is not None and system.casefold() in _WINDOWS_SYSTEMS:
        return PathStyle.WINDOWS
    text = "".join(names)
    if "\\" not in text or "/" in text:
        return PathStyle.POSIX
    return PathStyle.WINDOWS if system is None else PathStyle.DOUBTFUL


def is_file_name(name: str) -> bool:
    """Whether it looks like a file's name: lists of methods and modes have neither suffixes nor folders."""
    return bool(_FILE_NAME.search(name))


def with_slashes(name: str) -> str:
    return name.replace("\\", "/")


def spellings(name: str) -> list[str]:
    """The name with slashes and with backslashes; only one of them when they are equal."""
    return sorted({name, with_slashes(name), name.replace("/", "\\")})


def same_file(name: str, names: Collection[str], style: PathStyle) -> str | None:
    """The entry of a machine's ``names`` that this name means there, however either is spelled; None without any.

    A name that is itself in the list means that entry, even if others are like it.
    """
    if name in names:
        return name
    if style is PathStyle.POSIX:
        plain = with_slashes(name)
        return plain if plain in names else None
    return min((each for each in names if _key(each, style) == _key(name, style)), default=None)


def _key(name: str, style: PathStyle) -> str:
    plain = with_slashes(name)
    return plain.casefold() if style is PathStyle.WINDOWS else plain
