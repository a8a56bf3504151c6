"""JSON that others wrote, before it is parsed: halves of surrogate pairs, which neither a database nor an answer can
hold, are taken out of its text."""

import re

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
"""One escape sequence; group 1 matches when it is half a surrogate pair."""


def without_halves(text: str) -> str:
    """The JSON with a question mark for each half: ComfyUI sends a file name that is not UTF-8 as a lone ``\\udc80``,
    and a language model may cut an emoji in two."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda escape: "?" if escape[1] else escape[0], text)
