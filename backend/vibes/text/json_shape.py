"""The depth and the number of values of a JSON text, from its bytes in linear time, without parsing."""

import re

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+', re.DOTALL)
_OPENING, _CLOSING = frozenset(b"[{"), frozenset(b"]}")
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in _OPENING | _CLOSING)


def is_flatter_than(text: bytes, levels: int) -> bool:
    """Whether nothing in it is nested deeper than so many levels."""
    if text.count(b"[") + text.count(b"{") <= levels:
        return True
    depth = 0
    for byte in without_strings(text).translate(None, _NO_BRACKETS):
        depth += 1 if byte in _OPENING else -1
        if depth > levels:  # the rest of a deep one is not looked at
            return False
    return True


def without_strings(text: bytes) -> bytes:
    return _STRING.sub(b"", text)


def nesting(structure: bytes) -> int:
    """The nesting of a JSON text that was passed through `without_strings`."""
    depth = deepest = 0
    for byte in structure.translate(None, _NO_BRACKETS):
        depth += 1 if byte in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest
