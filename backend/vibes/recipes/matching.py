"""Which files of the fleet those of a picture are: by hash, by name, or near ones to choose from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import letters_of, stem_of
from vibes.recipes.recipe import RecipeFile
from vibes.text.near_names import near_names
from vibes.workflows.models.file_families import same_model

_MOST_WITH_NEAR = 10
"""Files for which near names are looked for, which takes time in proportion to all names."""
_MOST_NEAR = 3
_LIKE_ENOUGH = 0.6

Shelf = Mapping[FileKind, Collection[str]]
"""The fleet's files by kind, in its own spelling."""
Hashes = Mapping[FileKind, Mapping[str, str]]
"""SHA-256 in 64 digits of the tensors in the fleet's files, by their names; of files that do not tell, nothing."""
AUTOV2, AUTOV3 = 10, 12
"""Digits to which programs shorten SHA-256 of a whole file and of its tensors alone."""

_SPELLINGS: tuple[Callable[[str], str], ...] = (str, str.casefold, lambda name: stem_of(name).casefold(), letters_of)
"""From what tells names apart best to what tells them apart least."""


@dataclass(frozen=True, slots=True)
class MatchedFile:
    file: RecipeFile
    on_fleet: str | None
    """The fleet's name for it; None: no node has it, as far as names and hashes tell."""
    near: tuple[str, ...] = ()
    """Names of the fleet that are most like it, where it has none."""
    is_other: bool = False
    """The fleet's file has this name alone: by its hash it is another one."""


class Names:
    """Names of files, to be looked up in whatever way programs spell them: they leave out folder and extension and
    change blanks, dots and letter case. Made once for many look-ups."""

    def __init__(self, names: Collection[str]) -> None:
        self._spelled: tuple[dict[str, str], ...] = tuple({} for _ in _SPELLINGS)
        for name in sorted(names, key=lambda name: (len(name), name)):
            for known, spelling in zip(self._spelled, _SPELLINGS, strict=True):
                known.setdefault(spelling(name), name)

    def find(self, name: str) -> str | None:
        """The one that a program may have meant; of several the shortest."""
        for known, spelling in zip(self._spelled, _SPELLINGS, strict=True):
            wanted = spelling(name)
            if wanted and wanted in known:
                return known[wanted]
        return None


def matched(files: Sequence[RecipeFile], shelf: Shelf, hashes: Hashes | None = None) -> tuple[MatchedFile, ...]:
    """In the same order. What has the same hash is the same file, whatever it is called; else names tell."""
    kinds = {each.kind for each in files}
    known = {kind: _Known.of(shelf.get(kind, ()), (hashes or {}).get(kind, {})) for kind in kinds}
    found = [known[each.kind].match(each) for each in files]
    left = _MOST_WITH_NEAR
    for index, each in enumerate(found):
        if each.on_fleet is None and left > 0:
            left -= 1
            found[index] = MatchedFile(each.file, None, _near(each.file.name, shelf.get(each.file.kind, ())))
    return tuple(found)


def is_told_by(digits: str | None, known: str) -> bool:
    """Whether the digits that a picture gives begin this hash. The 8 of A1111's first hash are no SHA-256."""
    return digits is not None and len(digits) >= AUTOV2 and known.startswith(digits)


@dataclass(frozen=True, slots=True)
class _Known:
    """The fleet's files of one kind."""

    names: Names
    hashes: Mapping[str, str]
    by_hash: Mapping[str, Sequence[str]]
    """Names by the first digits of their hashes, as few as any program tells."""

    @classmethod
    def of(cls, names: Collection[str], hashes: Mapping[str, str]) -> "_Known":
        by_hash: dict[str, list[str]] = {}
        for each in names:
            if each in hashes:
                by_hash.setdefault(hashes[each][:AUTOV2], []).append(each)
        return cls(Names(names), hashes, by_hash)

    def match(self, file: RecipeFile) -> MatchedFile:
        likely = self.by_hash.get(file.hash[:AUTOV2], ()) if file.hash else ()
        same = [each for each in likely if is_told_by(file.hash, self.hashes[each])]
        if same:
            return MatchedFile(file, Names(same).find(file.name) or min(same, key=lambda name: (len(name), name)))
        called = self.names.find(file.name)
        is_other = called in self.hashes and file.hash is not None and len(file.hash) >= AUTOV3
        return MatchedFile(file, called, is_other=is_other)


def _near(name: str, names: Collection[str]) -> tuple[str, ...]:
    stems: dict[str, str] = {}
    for each in sorted(names, reverse=True):
        stems[stem_of(each)] = each
    wanted = stem_of(name)
    same = [each for stem, each in stems.items() if same_model(stem, wanted)]
    like = [stems[stem] for stem in near_names(wanted, stems, _MOST_NEAR, cutoff=_LIKE_ENOUGH)]
    return tuple(dict.fromkeys((*same, *like)))[:_MOST_NEAR]
