"""The source of everything random that is no secret: ids, seeds, and variation of pauses."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

_sources: list[random.Random] = [random.SystemRandom()]
"""The last one is used."""


def random_uuid() -> UUID:
    """A version 4 UUID."""
    return UUID(int=_sources[-1].getrandbits(128), version=4)


def random_bits(count: int) -> int:
    """0 to 2**count - 1, uniformly."""
    return _sources[-1].getrandbits(count)


def random_between(least: float, most: float) -> float:
    """A number from ``least`` to ``most``, uniformly."""
    return _sources[-1].uniform(least, most)


@contextmanager
def drawing_from(source: random.Random) -> Iterator[None]:
    """Inside, everything random comes from ``source``, so that a seed repeats a story."""
    _sources.append(source)
    try:
        yield
    finally:
        _sources.remove(source)
