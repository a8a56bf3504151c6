"""What a wish is about, and patterns that tell it."""

import re
from collections.abc import Sequence
from enum import StrEnum


class Intention(StrEnum):
    KEEP = "keep"
    SWAP = "swap"
    REMOVE = "remove"
    REMOVE_IF_THERE = "remove if there"
    """As `REMOVE` where the prompt has ``x``: "not the hat"."""
    MORE = "more"
    LESS = "less"
    TOO = "too"
    BAD = "bad"
    BE = "be"
    BE_IF_ATTRIBUTE = "be if attribute"
    """As `BE` where ``a`` is a colour, a material or a quality; other patterns are tried where it is not."""
    BE_IF_KNOWN = "be if known"
    """As `BE_IF_ATTRIBUTE` where ``x`` is a thing that is known."""
    DO = "do"
    """``x`` shall do or be ``a``, whose first word is a verb, a participle or an article."""
    HAVE = "have"
    """``x`` shall have or wear ``a``."""
    UNCLEAR = "unclear"
    """Something is wrong, and nobody says what."""
    WANT = "want"
    MENTION = "mention"
    """Asks nothing by itself, and says what the next clause is about."""
    NOTHING = "nothing"


Pattern = tuple[Intention, re.Pattern[str]]


def patterns(*rows: tuple[Intention, *tuple[str, ...]]) -> Sequence[Pattern]:
    """Each of several wordings of a row in its place."""
    return [
        (intention, re.compile(rf"^(?:{wording})$", re.IGNORECASE))
        for intention, *wordings in rows
        for wording in wordings
    ]


X, Y, A = r"(?P<x>.+?)", r"(?P<y>.+?)", r"(?P<a>.+?)"
"""What it is about, what it takes the place of, and how it is or shall be."""
