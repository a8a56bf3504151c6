"""Which files of the fleet those of a picture are: by hash, by name, or near ones to choose from."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import stem_of
from vibes.recipes.recipe import RecipeFile
from vibes.text.near_names import near_names
from vibes.workflows.models.file_families import same_model

_MOST_WITH_NEAR = 20
"""Files for which near names are looked for, which takes time in proportion to all names."""
_MOST_NEAR = 3
_LIKE_ENOUGH = 0.6

Shelf = Mapping[FileKind, Collection[str]]
"""The fleet's files by kind, in its own spelling."""
Hashes = Mapping[str, str]
"""File of the fleet by the first digits of a hash that it is known by."""


@dataclass(frozen=True, slots=True)
class MatchedFile:
    file: RecipeFile
    on_fleet: str | None
    """The fleet's name for it; None: no node has it, as far as names and hashes tell."""
    near: tuple[str, ...] = ()
    """Names of the fleet that are most like it, where it has none."""


def matched(files: Sequence[RecipeFile], shelf: Shelf, hashes: Hashes | None = None) -> tuple[MatchedFile, ...]:
    """In the same order. Programs leave out folder and extension and change blanks, dots and letter case."""
    found = [_matched(each, shelf.get(each.kind, ()), hashes or {}) for each in files]
    left = _MOST_WITH_NEAR
    for index, each in enumerate(found):
        if each.on_fleet is None and left > 0:
            left -= 1
            found[index] = MatchedFile(each.file, None, _near(each.file.name, shelf.get(each.file.kind, ())))
    return tuple(found)


def _matched(file: RecipeFile, names: Collection[str], hashes: Hashes) -> MatchedFile:
    known = _by_hash(file.hash, hashes)
    if known is not None and known in names:
        return MatchedFile(file, known)
    tests = (str, str.casefold, lambda name: stem_of(name).casefold(), lambda name: _letters(stem_of(name)))
    for plain in tests:
        wanted = plain(file.name)
        alike = sorted((each for each in names if wanted and plain(each) == wanted), key=lambda name: (len(name), name))
        if alike:
            return MatchedFile(file, alike[0])
    return MatchedFile(file, None)


def _by_hash(digits: str | None, hashes: Hashes) -> str | None:
    """Programs shorten SHA-256 to 10 digits, and that of the tensors to 12."""
    if digits is None:
        return None
    return next((hashes[short] for length in (64, 12, 10) if (short := digits[:length]) in hashes), None)


def _near(name: str, names: Collection[str]) -> tuple[str, ...]:
    stems: dict[str, str] = {}
    for each in sorted(names, reverse=True):
        stems[stem_of(each)] = each
    wanted = stem_of(name)
    same = [each for stem, each in stems.items() if same_model(stem, wanted)]
    like = [stems[stem] for stem in near_names(wanted, stems, _MOST_NEAR, cutoff=_LIKE_ENOUGH)]
    return tuple(dict.fromkeys((*same, *like)))[:_MOST_NEAR]


def _letters(stem: str) -> str:
    return re.sub(r"[\W_]", "", stem.casefold())
