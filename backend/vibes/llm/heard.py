"""The text of an answer as it comes: without what the model thinks aloud, and with an end."""

from collections.abc import Callable

_OPENS, _CLOSES = "<think>", "</think>"
_MOST_BLANKS = 400
"""Blanks at the end of an answer from which on no more is expected: models that are bound to JSON get stuck so."""


_LONGEST = 50_000
"""Characters, about ten times what any stage wants."""


class Endless(Exception):
    """The answer does not end; the text says with what it goes on."""


class Heard:
    def __init__(self, hear: Callable[[str], None] | None) -> None:
        self._hear = hear
        self._all = ""
        self._told = 0
        """Characters of `text` that were told."""
        self.pieces = 0

    def add(self, piece: str) -> None:
        """Raises Endless."""
        if not piece:
            return
        self.pieces += 1
        self._all += piece
        if len(self._all) > _MOST_BLANKS and self._all[-_MOST_BLANKS:].isspace():
            raise Endless("blanks")
        if len(self._all) > _LONGEST:
            raise Endless("text")
        if self._hear is not None and (told := self.text[self._told :]):
            self._told += len(told)
            self._hear(told)

    def begin_anew(self) -> None:
        """What came so far belongs to a try that failed."""
        if self._told and self._hear is not None:
            self._hear("")
        self._all, self._told, self.pieces = "", 0, 0

    @property
    def text(self) -> str:
        """What comes after the thoughts; nothing as long as it may still be one of them."""
        start = self._all.lstrip()
        if _CLOSES in start:  # some models' templates open the thoughts themselves, so that only their end is heard
            return start.rpartition(_CLOSES)[2].lstrip()
        return "" if start[: len(_OPENS)] == _OPENS[: len(start)] else start
