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
    TOO_IF_ATTRIBUTE = "too if attribute"
    """As `TOO` where ``a`` is a colour, a material or a quality."""
    BAD = "bad"
    BE = "be"
    BE_IF_ATTRIBUTE = "be if attribute"
    """As `BE` where ``a`` is a colour, a material or a quality; other patterns are tried where it is not."""
    BE_IF_KNOWN = "be if known"
    """As `BE_IF_ATTRIBUTE` where ``x`` is a thing that is known."""
    DO = "do"
    """``x`` shall do or be ``a``, whose first word is a verb, a participle or an article."""
    DO_IF_DOING = "do if doing"
    """As `DO` where ``a`` is something that is done; other patterns are tried where it is not."""
    HAVE = "have"
    """``x`` shall have or wear ``a``."""
    UNCLEAR = "unclear"
    """Something is wrong, and nobody says what."""
    WANT = "want"
    INSTEAD = "instead"
    """``x`` in the place of what is like it: "a kimono instead"."""
    ONLY_ONE = "only one"
    ONE_MORE = "one more"
    ONE_FEWER = "one fewer"
    CLOSER = "closer"
    """The camera."""
    FARTHER = "farther"
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
