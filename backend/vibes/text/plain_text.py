"""Makes foreign text harmless to show on a terminal, in a log line, in an answer."""

import re

_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_SPACE = 0x20

_LONE_SURROGATES = "\ud800-\udfff"
_REORDERING = "\u202a-\u202e\u2066-\u2069"
"""Embeddings, overrides and isolates: characters that change the direction in which text is shown."""
_HARMFUL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_REORDERING}{_LONE_SURROGATES}]")
_HARMFUL_IN_A_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_REORDERING}{_LONE_SURROGATES}]")
_ENCODABLE = re.compile(f"[{_LONE_SURROGATES}]")


def harmless(text: str) -> str:
    """The text with a visible sign for each control character except newline and tab: ESC becomes ``␛``."""
    return _HARMFUL.sub(_sign, text)


def on_one_line(text: str) -> str:
    """Like `harmless`, with signs for newline and tab too, so that the text stays on one line."""
    return _HARMFUL_IN_A_LINE.sub(_sign, text)


def encodable(text: str) -> str:
    """The text with a replacement character for each half of a surrogate pair, which no encoding can write."""
    return _ENCODABLE.sub("\ufffd", text)


def shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1]}…"


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < _SPACE:
        return chr(_CONTROL_PICTURES + code)
    return "␡" if code == _DELETE else "\ufffd"
