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
Hashes = Mapping[FileKind, Mapping[str, str]]
"""SHA-256 in 64 digits of the tensors in the fleet's files, by their names; of files that do not tell, nothing."""
AUTOV2, AUTOV3 = 10, 12
"""Digits to which programs shorten SHA-256 of a whole file and of its tensors alone."""


@dataclass(frozen=True, slots=True)
class MatchedFile:
    file: RecipeFile
    on_fleet: str | None
    """The fleet's name for it; None: no node has it, as far as names and hashes tell."""
    near: tuple[str, ...] = ()
    """Names of the fleet that are most like it, where it has none."""
    is_other: bool = False
    """The fleet's file has this name alone: by its hash it is another one."""


def matched(files: Sequence[RecipeFile], shelf: Shelf, hashes: Hashes | None = None) -> tuple[MatchedFile, ...]:
    """In the same order. What has the same hash is the same file, whatever it is called; else names tell, of which
    programs leave out folder and extension and change blanks, dots and letter case.
    """
    found = [_matched(each, shelf.get(each.kind, ()), (hashes or {}).get(each.kind, {})) for each in files]
    left = _MOST_WITH_NEAR
    for index, each in enumerate(found):
        if each.on_fleet is None and left > 0:
            left -= 1
            found[index] = MatchedFile(each.file, None, _near(each.file.name, shelf.get(each.file.kind, ())))
    return tuple(found)


def is_told_by(digits: str | None, known: str) -> bool:
    """Whether the digits that a picture gives begin this hash. The 8 of A1111's first hash are no SHA-256."""
    return digits is not None and len(digits) >= AUTOV2 and known.startswith(digits)


def _matched(file: RecipeFile, names: Collection[str], hashes: Mapping[str, str]) -> MatchedFile:
    same = [each for each in names if is_told_by(file.hash, hashes.get(each, ""))]
    if same:
        return MatchedFile(file, named(file.name, same) or min(same, key=_shortest))
    called = named(file.name, names)
    is_other = called in hashes and file.hash is not None and len(file.hash) >= AUTOV3
    return MatchedFile(file, called, is_other=is_other)


def named(name: str, names: Collection[str]) -> str | None:
    """The one of these names that a program may have meant."""
    tests = (str, str.casefold, lambda name: stem_of(name).casefold(), lambda name: _letters(stem_of(name)))
    for plain in tests:
        wanted = plain(name)
        alike = [each for each in names if wanted and plain(each) == wanted]
        if alike:
            return min(alike, key=_shortest)
    return None


def _shortest(name: str) -> tuple[int, str]:
    return len(name), name


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
