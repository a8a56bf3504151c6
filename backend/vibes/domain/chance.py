"""Where everything random comes from that is no secret: ids, seeds, and the spread of pauses."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

_sources: list[random.Random] = [random.SystemRandom()]
"""The last one is drawn from."""


def random_uuid() -> UUID:
    """A version 4 UUID."""
    return UUID(int=_sources[-1].getrandbits(128), version=4)


def random_bits(count: int) -> int:
    """0 to 2**count - 1, each as likely."""
    return _sources[-1].getrandbits(count)


def random_between(least: float, most: float) -> float:
    """A number from ``least`` to ``most``, each as likely."""
    return _sources[-1].uniform(least, most)


@contextmanager
def drawing_from(source: random.Random) -> Iterator[None]:
    """Inside, everything random comes from ``source``, so that a story can be told again by its seed."""
    _sources.append(source)
    try:
        yield
    finally:
        _sources.remove(source)
