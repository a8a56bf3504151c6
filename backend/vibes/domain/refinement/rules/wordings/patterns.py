"""How a wish is worded, by language: patterns over one clause, the first that fits counts."""

from collections.abc import Mapping, Sequence

from vibes.domain.refinement.rules.wordings import english, french, german
from vibes.domain.refinement.rules.wordings.intentions import Pattern
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN

PATTERNS: Mapping[str, Sequence[Pattern]] = {
    ENGLISH: english.PATTERNS,
    GERMAN: german.PATTERNS,
    FRENCH: french.PATTERNS,
}
