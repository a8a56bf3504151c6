"""How many tokens a prompt takes, estimated without any tokenizer."""

import re

_PIECES = re.compile(r"[^\W\d_]+|\d|[^\w\s]", re.UNICODE)
_LETTERS_A_TOKEN = 7


def token_estimate(text: str) -> int:
    """At least one a word and sign, one more for each further seven letters: CLIP's vocabulary has most English words
    up to that length as one token, and cuts longer or foreign ones into pieces. Chinese and Japanese: one a sign."""
    return sum(_tokens(piece) for piece in _PIECES.findall(text))


def _tokens(piece: str) -> int:
    wide = sum(sign > "\u2e7f" for sign in piece)
    return wide + (-(-(len(piece) - wide) // _LETTERS_A_TOKEN))
