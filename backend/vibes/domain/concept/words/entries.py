"""A list of words as people write it: a line of traits in brackets, then an entry a line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    text: str
    traits: frozenset[str]
    """What it has in common with what it goes well with: ``photo``, ``night``, ``sea`` …"""


def entries_of(listed: str) -> tuple[Entry, ...]:
    """Entries in their order, each with the traits of the bracketed line above it."""
    entries: list[Entry] = []
    traits: frozenset[str] = frozenset()
    for line in filter(None, map(str.strip, listed.splitlines())):
        if line.startswith("["):
            traits = frozenset(line.strip("[]").split())
        else:
            entries.append(Entry(line, traits))
    return tuple(entries)
