"""Names of model files as different machines spell them: ``styles/x.safetensors`` and ``styles\\x.safetensors``.

A name is written with slashes everywhere in the hub, and in its own spelling for a node. Which of its names are the
same file, a node's path style decides: only on Windows is a backslash a separator and letter case no difference.
"""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum


class PathStyle(StrEnum):
    """How a machine understands the names that it lists."""

    POSIX = "posix"
    """A backslash is a letter like any other, and letter case counts."""
    WINDOWS = "windows"
    """Both slashes separate, and letter case does not count."""
    DOUBTFUL = "doubtful"
    """It says that it is no Windows, but every separator in its lists is a backslash: a Windows machine behind
    something, or a file with an odd name. Whether another node has that name with slashes decides (`FleetNames`)."""


_FILE_NAME = re.compile(r"[/\\]|\.[A-Za-z]\w{1,10}$")

_WINDOWS_SYSTEMS = frozenset({"nt", "win32", "windows", "cygwin"})
"""What ComfyUI tells of its system: ``os.name`` in old versions, ``sys.platform`` in new ones."""


def path_style(system: str | None, names: Iterable[str]) -> PathStyle:
    """By what a node says of its system, or None, and by the names of the model files that it lists."""
    if system is not None and system.casefold() in _WINDOWS_SYSTEMS:
        return PathStyle.WINDOWS
    text = "".join(names)
    if "\\" not in text or "/" in text:
        return PathStyle.POSIX
    return PathStyle.WINDOWS if system is None else PathStyle.DOUBTFUL


def is_file_name(name: str) -> bool:
    """Whether it looks like the name of a file: lists of methods and modes have neither suffixes nor folders."""
    return bool(_FILE_NAME.search(name))


def with_slashes(name: str) -> str:
    return name.replace("\\", "/")


def spellings(name: str) -> list[str]:
    """The name, with slashes, and with backslashes; each once."""
    return sorted({name, with_slashes(name), name.replace("/", "\\")})


def same_file(name: str, names: Collection[str], style: PathStyle) -> str | None:
    """The one of a machine's ``names`` that this name means there, however either is spelled; None without any.

    A name that is in the list means itself, whatever else is like it.
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
