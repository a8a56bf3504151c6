"""The shipped lists as a whole: which field a text belongs to, and what a field has to offer."""

from collections.abc import Mapping, Sequence
from functools import cache

from vibes.domain.concept.fields import Field
from vibes.domain.concept.words import camera, keep_out, lighting, mood, palette, setting, style, subject
from vibes.domain.concept.words.entries import Entry, entries_of
from vibes.domain.refinement.words import words_of

_LISTS = {
    Field.SUBJECT: subject.LISTED,
    Field.SETTING: setting.LISTED,
    Field.STYLE: style.LISTED,
    Field.MOOD: mood.LISTED,
    Field.LIGHTING: lighting.LISTED,
    Field.CAMERA: camera.LISTED,
    Field.PALETTE: palette.LISTED,
    Field.KEEP_OUT: keep_out.LISTED,
}
_SMALL = frozenset(["a", "an", "the", "of", "in", "on", "at", "by", "with", "very", "mood", "atmosphere"])

Keys = tuple[str, ...]


@cache
def entries(field: Field) -> tuple[Entry, ...]:
    return entries_of(_LISTS[field])


def keys_of(text: str) -> Keys:
    """What says something in it, in any form of its words; all of it where nothing does."""
    keys = tuple(word.key for word in words_of(text))
    return tuple(key for key in keys if key not in _SMALL) or keys


@cache
def fields_by_keys() -> Mapping[Keys, Field]:
    """The field of each entry; of one that several fields list, the first of them. What is kept out is said with "no",
    and is not looked for elsewhere."""
    found: dict[Keys, Field] = {}
    for field in Field:
        if field is not Field.KEEP_OUT:
            for entry in entries(field):
                found.setdefault(keys_of(entry.text), field)
    return found


@cache
def _entries_by_first_key() -> Mapping[str, Sequence[tuple[Keys, Entry]]]:
    found: dict[str, list[tuple[Keys, Entry]]] = {}
    for field in Field:
        for entry in entries(field):
            keys = keys_of(entry.text)
            found.setdefault(keys[0], []).append((keys, entry))
    return found


def entries_in(text: str) -> list[Entry]:
    """Entries of any field that stand in the text."""
    keys = keys_of(text)
    by_first = _entries_by_first_key()
    return [
        entry
        for at, key in enumerate(keys)
        for wanted, entry in by_first.get(key, ())
        if keys[at : at + len(wanted)] == wanted
    ]
