"""Text for searching: differences of case and of Unicode composition are removed."""

from functools import lru_cache
from unicodedata import normalize

_TURKISH_SMALL_I = "i\u0307"
"""What case folding makes of the capital İ; people who search for it type a plain i."""


@lru_cache(maxsize=16)  # most pictures of a batch have the same prompt
def folded(text: str) -> str:
    """Equal for texts that people take for equal: É and é, one character or two; ß and SS; ﬁ and fi. Accents stay: é is
    not e.

    Unicode's compatibility caseless matching (The Unicode Standard, 3.13, D146), composed.
    """
    if text.isascii():
        return text.lower()
    caseless = normalize("NFKC", normalize("NFKC", text).casefold()).casefold()
    return normalize("NFKC", caseless.replace(_TURKISH_SMALL_I, "i"))
