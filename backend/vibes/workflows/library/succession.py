"""Keeps the last good version: combines a new reading with the previous library."""

from collections.abc import Mapping

from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.library.layers import Reading
from vibes.workflows.library.library import Library, library_of


def succeed(previous: Library, reading: Reading) -> Library:
    """The library after a new reading: valid workflows are used, deleted ones are gone, and one whose new text is
    broken keeps its last version, listed in ``stale``, at its old place in the order."""
    fresh = library_of(reading)
    stale = [name for name in previous.workflows if _lives_on(name, previous, reading)]
    if not stale:
        return fresh
    return Library(
        workflows=_merged(previous.workflows, fresh.workflows, stale),
        problems=fresh.problems,
        warnings=fresh.warnings,
        origins={**fresh.origins, **{name: previous.origins[name] for name in stale}},
        stale=frozenset(stale),
    )


def _lives_on(name: str, previous: Library, reading: Reading) -> bool:
    origin = previous.origins[name]
    if origin.template not in reading.templates:
        return False  # a deleted template deletes its workflow, even if more is wrong
    newer = reading.origins.get(name)
    if newer and newer.layer >= origin.layer:
        return False
    return origin.manifest in reading.opaque or reading.broken.get(name, -1) >= origin.layer


def _merged(before: Mapping[str, Workflow], fresh: Mapping[str, Workflow], stale: list[str]) -> dict[str, Workflow]:
    """The order decides which workflow a request gets, so a stale one stays after the one that it followed."""
    order = [name for name in fresh if name not in stale]
    followed = None
    for name in before:
        if name in stale:
            order.insert(order.index(followed) + 1 if followed else 0, name)
        if name in order:
            followed = name
    return {name: before[name] if name in stale else fresh[name] for name in order}
