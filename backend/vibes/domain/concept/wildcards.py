"""Wildcards of a prompt as single signs while it is taken apart and put together: whole, and where they stand."""

import re
from collections.abc import Iterator

_NAME = re.compile(r"__[\w/*.-]+?__")
_FIRST_SIGN = 0xF0000
"""Unicode leaves this plane to private use: as good as nobody writes such signs, and no word has them."""


class Wildcards:
    def __init__(self, *texts: str) -> None:
        """``texts``: all that will be hidden, whose own signs stay as they are."""
        self._taken = {sign for text in texts for sign in text if ord(sign) >= _FIRST_SIGN}
        self._signs: dict[str, str] = {}
        self._next = _FIRST_SIGN

    def hidden(self, text: str) -> str:
        """With a sign for each ``__name__`` and ``{a|b}``, the same for the same."""
        parts: list[str] = []
        at = 0
        for begin, end in _places(text):
            parts += [text[at:begin], self._sign(text[begin:end])]
            at = end
        return "".join([*parts, text[at:]])

    def shown(self, text: str) -> str:
        return text.translate({ord(sign): wildcard for wildcard, sign in self._signs.items()})

    def _sign(self, wildcard: str) -> str:
        if wildcard not in self._signs:
            while chr(self._next) in self._taken:
                self._next += 1
            self._signs[wildcard] = chr(self._next)
            self._next += 1
        return self._signs[wildcard]


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where they stand, those within others left out."""
    names = [match.span() for match in _NAME.finditer(text)]
    at = 0
    for begin, end in sorted([*_braces(text), *names]):
        if begin >= at:
            yield begin, end
            at = end


def _braces(text: str) -> Iterator[tuple[int, int]]:
    """Each brace with its other half; escaped ones are text."""
    opened: list[int] = []
    for at, sign in enumerate(text):
        if sign not in "{}" or (at and text[at - 1] == "\\"):
            continue
        if sign == "{":
            opened.append(at)
        elif opened:
            yield opened.pop(), at + 1
