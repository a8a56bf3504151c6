"""The intent document of a session: what was kept, removed and asked for, in the order in which it was said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vibes.domain.errors import Conflict
from vibes.domain.ids import SessionId
from vibes.domain.refinement.changes import Changes

MAX_ENTRIES = 200
"""Most wishes that a session remembers; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One feedback, what was understood of it, and what the prompt became."""

    id: str
    at: datetime
    feedback: str
    changes: Changes
    refined_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentDocument:
    session_id: SessionId
    version: int = 0
    """Counts the changes; 0 before the first."""
    wishes: tuple[Wish, ...] = ()
    """Oldest first."""

    def remembering(self, wish: Wish) -> "IntentDocument":
        """With this wish as the newest; one of the same id is replaced where it stands."""
        if any(each.id == wish.id for each in self.wishes):
            wishes = tuple(wish if each.id == wish.id else each for each in self.wishes)
        else:
            wishes = (*self.wishes, wish)[-MAX_ENTRIES:]
        return replace(self, version=self.version + 1, wishes=wishes)

    def before(self, wish_id: str) -> "IntentDocument":
        """As it was before this wish."""
        return replace(self, wishes=tuple(each for each in self.wishes if each.id != wish_id))

    def standing(self) -> "Standing":
        """What still holds of all wishes."""
        return standing_of(self.wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds after all wishes, the latest of which wins; in the order in which it was said."""

    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    asked_for: tuple[str, ...] = ()


def standing_of(wishes: Sequence[Wish]) -> Standing:
    kept: list[str] = []
    removed: list[str] = []
    asked: list[str] = []
    for wish in wishes:
        changes = wish.changes
        wanted = [*changes.add, *(swap.new for swap in changes.modify)]
        unwanted = [*changes.remove, *(swap.old for swap in changes.modify)]
        for term in [*wanted, *changes.keep, *changes.emphasis_up]:
            _forget(removed, term)
        for term in unwanted:
            _forget(kept, term)
            _forget(asked, term)
        for into, terms in ((kept, changes.keep), (removed, changes.remove), (asked, wanted)):
            for term in terms:
                _forget(into, term)
                into.append(term)
    return Standing(kept=tuple(kept), removed=tuple(removed), asked_for=tuple(asked))


def earlier_wish(wishes: Iterable[Wish], holds: Callable[[Changes], bool]) -> Wish | None:
    """The latest wish of which this holds."""
    return next((wish for wish in reversed([*wishes]) if holds(wish.changes)), None)


def _forget(terms: list[str], term: str) -> None:
    terms[:] = [each for each in terms if each.casefold() != term.casefold()]


class IntentChanged(Conflict):
    """The document was changed after the caller read it; ``current`` is the document now."""

    code = "intent_changed"

    def __init__(self, current: IntentDocument) -> None:
        super().__init__(f"the session's intent was changed meanwhile: its version is {current.version} now")
        self.current = current
