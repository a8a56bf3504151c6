"""Which of "in" and "on" an English noun wants before it, for where one takes the place of another."""

from vibes.domain.refinement.words import key_of

_ON_WORDS = (
    "bridge beach roof rooftop hill hilltop mountain cliff island horse bench pier balcony chair table street road "
    "stage bicycle motorcycle sofa couch carpet throne rock swing ship deck coast shore terrace stairs branch"
)
_IN_WORDS = (
    "forest woods garden city town village boat car house room kitchen castle cave desert field meadow park church "
    "valley tent jungle library classroom canoe armchair hut barn temple palace cathedral swamp tunnel market harbor "
    "office bar cafe restaurant museum factory spaceship rowboat taxi studio"
)
_WATER_WORDS = "lake river sea ocean pond stream water"
_WANTS = {
    **{key_of(word): "on" for word in _ON_WORDS.split()},
    **{key_of(word): "in" for word in _IN_WORDS.split()},
}
_WATER = frozenset(key_of(word) for word in _WATER_WORDS.split())
_SMALL = frozenset({"in", "on", "at", "of", "with", "by", "near", "under", "over", "from", "to", "and"})


def preposition_for(new: str, old: str, before: str) -> str:
    """What stands before ``new`` where ``before`` stood before ``old``: another one only where it was that of the old
    noun's place, since "a bird on a boat" sits on whatever comes."""
    said, old_key, new_key = before.lower(), _head(old), _head(new)
    fitted = old_key in _WATER or _WANTS.get(old_key) == said
    wanted = _WANTS.get(new_key, said)
    if said not in {"in", "on"} or not fitted or wanted == said:
        return before
    return wanted.capitalize() if before[0].isupper() else wanted


def _head(term: str) -> str:
    """The key of its noun: "bridge" of "old bridge of stone"."""
    words = term.split()
    ends = next((at for at, word in enumerate(words) if at and word.lower() in _SMALL), len(words))
    return key_of(words[ends - 1]) if words else ""
