"""Which words may go on from what stands before the caret."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class CompletionKind(StrEnum):
    WILDCARD = "wildcard"
    EMBEDDING = "embedding"
    LORA = "lora"
    STYLE = "style"
    CHARACTER = "character"
    HISTORY = "history"
    """A phrase of a prompt that was used before."""
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be completed."""

    kind: CompletionKind
    text: str
    """As it is shown."""
    insert: str
    """What stands in the prompt for it; of a style or a LoRA, which are no words, its name."""
    folded: str
    """As it is searched."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """The end of a text that is to be completed."""

    text: str
    kinds: frozenset[CompletionKind]
    wanted: str
    """What entries are searched for, folded by the caller's rule."""


_BEFORE = re.compile(r"[,;\n(){}|<>]")
_LEADS = (
    ("__", frozenset({CompletionKind.WILDCARD})),
    ("embedding:", frozenset({CompletionKind.EMBEDDING})),
    ("lora:", frozenset({CompletionKind.LORA})),
)
_ALL = frozenset(CompletionKind)
_LEAST = 2
"""Characters before anything is proposed, where no lead says what is wanted."""
_LONGEST = 80


def fragments(text: str) -> Sequence[Fragment]:
    """What may be completed, the longest first: all since the last comma or bracket, or the last word alone."""
    since = _BEFORE.split(text)[-1].lstrip()
    for lead, kinds in _LEADS:
        at = since.lower().rfind(lead)
        if at >= 0 and (rest := since[at:])[len(lead) :].count(" ") == 0:
            if lead == "__" and since.count("__") % 2 == 0:
                continue  # it is finished
            return [Fragment(rest, kinds, rest[len(lead) :].lower())]
    words = since.split()
    if not words or since[-1:].isspace():
        return []
    tails = dict.fromkeys((since, " ".join(words[-2:]), words[-1]))
    return [Fragment(each, _ALL, each.lower()) for each in tails if _LEAST <= len(each) <= _LONGEST]


def completed(fragment: Fragment, entries: Iterable[Entry], limit: int) -> list[Entry]:
    """Those that begin so, then those with a word that does, each in the order of the entries."""
    wanted = fragment.wanted
    begins: list[Entry] = []
    within: list[Entry] = []
    inner = (f" {wanted}", f"/{wanted}", f"_{wanted}", f"-{wanted}")
    for entry in entries:
        if entry.kind not in fragment.kinds or entry.folded == wanted:
            continue
        if entry.folded.startswith(wanted):
            begins.append(entry)
            if len(begins) >= limit:
                break
        elif len(within) < limit and any(each in entry.folded for each in inner):
            within.append(entry)
    return [*begins, *within][:limit]
