"""A place in a JSON document as a JSON Pointer (RFC 6901)."""

from collections.abc import Iterable


def json_pointer(path: Iterable[str | int]) -> str:
    """``/payload/tasks/0/inputs/image``; the empty path, which means the whole document, gives an empty text."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
