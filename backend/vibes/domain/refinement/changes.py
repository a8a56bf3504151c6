"""Operations on a prompt: what feedback asks for, whoever understood it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

MAX_TERMS = 12
"""Most terms of one operation that are taken from a model."""
MAX_TERM = 200
"""Most characters of a term."""

LISTS = ("keep", "remove", "add", "emphasis_up", "emphasis_down")
"""Operations that are lists of terms; `Changes.modify` is a list of pairs."""


@dataclass(frozen=True, slots=True)
class Swap:
    """One thing in the place of another."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A term is a few words, in the language of the prompt where that is known."""

    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    modify: tuple[Swap, ...] = ()
    emphasis_up: tuple[str, ...] = ()
    emphasis_down: tuple[str, ...] = ()
    question: str = ""
    """What has to be asked back, where the feedback cannot be understood."""

    @property
    def empty(self) -> bool:
        return not self.modify and not any(getattr(self, name) for name in LISTS)

    def terms(self) -> Iterator[tuple[str, str]]:
        """Each operation's name with each of its terms; a swap is told by both of its halves."""
        for name in LISTS:
            yield from ((name, term) for term in getattr(self, name))
        for swap in self.modify:
            yield "modify", swap.old
            yield "modify", swap.new

    def with_lists(self, lists: Mapping[str, Iterable[str]], modify: Iterable[Swap]) -> "Changes":
        """With other terms and swaps, and the same question. ``lists``: by the names of `LISTS`."""
        keep, remove, add, up, down = (tuple(lists[name]) for name in LISTS)
        return Changes(
            keep=keep,
            remove=remove,
            add=add,
            modify=tuple(modify),
            emphasis_up=up,
            emphasis_down=down,
            question=self.question,
        )

    def cleaned(self) -> "Changes":
        """Blanks trimmed, doubles and empty terms dropped, lists and terms cut to their limits; a term of a swap that
        swaps nothing is gone."""
        lists = {name: _distinct(getattr(self, name)) for name in LISTS}
        swaps = {(old.casefold(), new.casefold()): Swap(old, new) for old, new in map(_trimmed, self.modify)}
        kept = [swap for swap in swaps.values() if swap.new and swap.old.casefold() != swap.new.casefold()]
        return replace(self, **lists, modify=tuple(kept[:MAX_TERMS]), question=_term(self.question))

    def joined(self, other: "Changes") -> "Changes":
        lists = {name: (*getattr(self, name), *getattr(other, name)) for name in LISTS}
        return replace(
            self, **lists, modify=(*self.modify, *other.modify), question=self.question or other.question
        ).cleaned()


def _trimmed(swap: Swap) -> tuple[str, str]:
    return _term(swap.old), _term(swap.new)


_SYNTAX = re.compile(r"[<>{}()\[\]|\\]|__|\b(?:embedding|lora|lyco):|(?<=\w):\s*-?\d+(?:\.\d+)?", re.IGNORECASE)


def _term(text: str) -> str:
    """Words alone: nobody chooses a weight, a LoRA, an embedding or a wildcard by a term."""
    text = _SYNTAX.sub(" ", text.encode("utf-8", "ignore").decode())
    text = "".join(sign if sign.isprintable() else " " for sign in text).strip(" ,;.!?:\"“”„'‘’")
    return " ".join(text.split())[:MAX_TERM].strip()


def _distinct(terms: Iterable[str]) -> tuple[str, ...]:
    found = {term.casefold(): term for term in reversed([_term(each) for each in terms]) if term}
    return tuple(reversed(found.values()))[:MAX_TERMS]
