"""Text as a search compares it: without regard to case and to how its letters are put together."""

from functools import lru_cache
from unicodedata import normalize

_TURKISH_SMALL_I = "i\u0307"
"""What the capital İ becomes when its case is folded; people who search for it write a plain i."""


@lru_cache(maxsize=16)  # the pictures of a batch mostly share one prompt
def folded(text: str) -> str:
    """Two texts that people take for the same are the same afterwards: É and é, one letter or two; ß and SS; ﬁ and fi.

    Accents stay what they are: é is not e. After Unicode's compatibility caseless matching (The Unicode
    Standard, 3.13, D146), written composed.
    """
    if text.isascii():
        return text.lower()
    caseless = normalize("NFKC", normalize("NFKC", text).casefold()).casefold()
    return normalize("NFKC", caseless.replace(_TURKISH_SMALL_I, "i"))
