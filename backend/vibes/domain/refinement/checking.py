"""Holds what was understood against the prompt and earlier wishes, whoever understood it: a model may say anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.intent import Wish, earlier_wish
from vibes.domain.refinement.plan import Conflict
from vibes.domain.refinement.words import ENGLISH, contains_term, holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What operations are held against."""

    phrases: tuple[str, ...]
    """Of the prompt: no term reaches from one into the next."""
    seen: str = ""
    """What a model saw in the chosen pictures."""
    language: str = ENGLISH
    negative: bool = True
    """The family has a negative prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    changes: Changes
    """What can be carried out on the prompt."""
    avoid: tuple[str, ...] = ()
    """Goes into the negative prompt."""
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


def check(changes: Changes, scene: Scene, earlier: Sequence[Wish] = ()) -> Checked:
    """Sorted into what can be done. Terms that stand nowhere are moved or dropped with a note; of two wishes that
    exclude one another keeping wins, and both are told."""
    checking = _Checking(scene, changes.cleaned())
    checking.keeping()
    checking.removing()
    checking.swapping()
    checking.adding()
    checking.weighing()
    checking.against_earlier(earlier)
    return checking.result()


class _Checking:
    def __init__(self, scene: Scene, said: Changes) -> None:
        self._scene = scene
        self._said = said
        self._done = Changes()
        self._avoid: list[str] = []
        self._conflicts: list[Conflict] = []
        self._notes: list[str] = []

    def keeping(self) -> None:
        kept: list[str] = []
        for term in self._said.keep:
            if self._in_prompt(term):
                kept.append(term)
            elif self._seen(term):
                self._notes.append(f"“{term}” is in the picture but not in the prompt; it is added, so that it stays")
                self._also_add(term)
            else:
                self._notes.append(f"“{term}” is not in the prompt, so there is nothing to keep of it")
        self._done = replace(self._done, keep=tuple(kept))

    def removing(self) -> None:
        removed: list[str] = []
        for term in self._said.remove:
            kept = self._kept_within(term)
            if kept is not None:
                self._conflict(term, f"“{kept}” is to be kept and “{term}” to go; it was kept")
                continue
            if self._in_prompt(term):
                removed.append(term)
            elif not self._scene.negative:
                self._notes.append(f"“{term}” is not in the prompt, and this family has no negative prompt to say so")
                continue
            else:
                self._notes.append(f"“{term}” is not in the prompt; it went into the negative prompt")
            if self._scene.negative:
                self._avoid.append(term)
        self._done = replace(self._done, remove=tuple(removed))

    def swapping(self) -> None:
        swaps: list[Swap] = []
        for swap in self._said.modify:
            kept = self._lost_by(swap)
            if kept is not None:
                self._conflict(kept, f"“{kept}” is to be kept and “{swap.old}” to become “{swap.new}”; it was kept")
            elif self._holds_removed(swap.new):
                self._conflict(swap.new, f"“{swap.new}” is asked for and to go at once; it was left out")
            elif swap.old and self._in_prompt(swap.old):
                swaps.append(swap)
            else:
                if swap.old:
                    self._notes.append(f"“{swap.old}” is not in the prompt; “{swap.new}” was added")
                self._also_add(swap.new)
        self._done = replace(self._done, modify=tuple(swaps))

    def adding(self) -> None:
        added: list[str] = []
        for term in (*self._said.add, *self._done.add):
            if self._holds_removed(term):
                self._conflict(term, f"“{term}” is asked for and to go at once; it was left out")
            elif self._in_prompt(term) and not self._swapped_away(term):
                self._notes.append(f"“{term}” is in the prompt already")
            elif term not in added:
                added.append(term)
        self._done = replace(self._done, add=tuple(added))

    def weighing(self) -> None:
        up, down = [], []
        for term in self._said.emphasis_up:
            if self._holds_removed(term):
                self._conflict(term, f"more of “{term}” is asked for, and that it goes; it went")
            elif self._in_prompt(term):
                up.append(term)
            else:
                self._done = replace(self._done, add=(*self._done.add, term))
        for term in self._said.emphasis_down:
            if any(contains_term(each, term, self._scene.language) for each in self._said.emphasis_up):
                self._conflict(term, f"more and less of “{term}” is asked for at once; it was left as it is")
                up = [each for each in up if not contains_term(each, term, self._scene.language)]
            elif self._in_prompt(term):
                down.append(term)
            elif self._scene.negative:
                self._notes.append(f"“{term}” is not in the prompt; it went into the negative prompt")
                self._avoid.append(term)
            else:
                self._notes.append(f"“{term}” is not in the prompt, so there is nothing to weaken")
        self._done = replace(self._done, emphasis_up=tuple(up), emphasis_down=tuple(down))

    def against_earlier(self, wishes: Sequence[Wish]) -> None:
        """The latest wish wins; the earlier one is named."""
        gone = (*self._done.remove, *(swap.old for swap in self._done.modify), *self._avoid)
        come = (*self._done.add, *(swap.new for swap in self._done.modify), *self._done.emphasis_up)
        for term in gone:
            self._tell_earlier(term, wishes, _wanted, f"“{term}” goes now, although it was wanted before")
        for term in come:
            self._tell_earlier(term, wishes, _unwanted, f"“{term}” comes back, although it was to go before")

    def result(self) -> Checked:
        avoid = tuple(dict.fromkeys(self._avoid))
        return Checked(
            changes=replace(self._done, question=self._said.question).cleaned(),
            avoid=avoid,
            conflicts=tuple(self._conflicts),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _tell_earlier(self, term: str, wishes: Sequence[Wish], field: str, sentence: str) -> None:
        wish = earlier_wish(wishes, lambda changes: self._names(changes, term))
        if wish is not None and any(self._same(term, each) for each in _terms_of(wish.changes, field)):
            self._conflicts.append(Conflict(term, sentence, wish.feedback))

    def _names(self, changes: Changes, term: str) -> bool:
        return any(self._same(term, each) for _, each in changes.terms())

    def _same(self, one: str, other: str) -> bool:
        return holds(one, other, self._scene.language) and holds(other, one, self._scene.language)

    def _in_prompt(self, term: str) -> bool:
        return any(holds(term, each, self._scene.language) for each in self._scene.phrases)

    def _seen(self, term: str) -> bool:
        return holds(term, self._scene.seen)

    def _kept_within(self, term: str) -> str | None:
        """A term to keep that this one would take away, as a whole or by a word in it."""
        return next((each for each in self._done.keep if contains_term(each, term, self._scene.language)), None)

    def _lost_by(self, swap: Swap) -> str | None:
        language = self._scene.language
        return next(
            (
                each
                for each in self._done.keep
                if contains_term(each, swap.old, language) and not contains_term(swap.new, each, language)
            ),
            None,
        )

    def _holds_removed(self, term: str) -> bool:
        removed = (*self._done.remove, *self._avoid)
        return any(contains_term(term, each, self._scene.language) for each in removed)

    def _swapped_away(self, term: str) -> bool:
        return any(contains_term(each.old, term, self._scene.language) for each in self._done.modify)

    def _also_add(self, term: str) -> None:
        self._done = replace(self._done, add=(*self._done.add, term))

    def _conflict(self, term: str, sentence: str) -> None:
        self._conflicts.append(Conflict(term, sentence))


_wanted, _unwanted = "wanted", "unwanted"


def _terms_of(changes: Changes, field: str) -> Iterable[str]:
    if field == _wanted:
        return (*changes.keep, *changes.add, *changes.emphasis_up, *(swap.new for swap in changes.modify))
    return (*changes.remove, *(swap.old for swap in changes.modify))
