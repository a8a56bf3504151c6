"""Hears the rationale out of a JSON object while a model writes it."""

import json
import re
from collections.abc import Callable

from vibes.text.json_text import without_halves

Tell = Callable[[str, bool], None]
"""Is told the next piece of a rationale, and whether it begins anew with it."""
MAX_HEARD = 20_000
"""Characters of an answer that are listened to."""
_BEGIN = re.compile(r'"rationale"\s*:\s*"')
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_OTHER = r"\\u(?![dD][89abAB])[0-9a-fA-F]{4}|\\[^u]"
_WHOLE = re.compile(rf'(?:[^"\\]|{_OTHER}|{_HIGH}(?:{_LOW}|(?=[^\\]|{_OTHER}|{_HIGH})))*')
"""Up to a quotation mark or an escape that is not there as a whole: an emoji is two."""


class RationaleStream:
    """Of one answer: hands on what is new of it with each piece, and whether it is the first."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._text = ""
        self._told = 0

    def hear(self, piece: str) -> None:
        if len(self._text) > MAX_HEARD:
            return
        self._text += piece
        rationale = rationale_in(self._text)
        if len(rationale) > self._told:
            self._tell(rationale[self._told :], self._told == 0)
            self._told = len(rationale)


def rationale_in(text: str) -> str:
    """As far as it is there; an escape that is cut off is left out."""
    begin = _BEGIN.search(text)
    if begin is None:
        return ""
    whole = _WHOLE.match(text, begin.end())
    written = whole.group() if whole else ""
    try:
        return str(json.loads(without_halves(f'"{written}"'), strict=False))
    except ValueError:
        return ""
