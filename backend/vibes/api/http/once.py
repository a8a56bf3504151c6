"""Encodes a message once for all its listeners."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 256
"""Encoded messages kept. Listeners are seldom further apart; one that is costs a second encoding."""


class Once(Generic[T, R]):
    """A function that remembers its results for the latest argument objects, by identity."""

    def __init__(self, make: Callable[[T], R]) -> None:
        self._make = make
        self._made: OrderedDict[int, tuple[T, R]] = OrderedDict()
        """By the argument's identity; the argument is kept too, so that its identity is not reused."""

    def __call__(self, thing: T) -> R:
        known = self._made.get(id(thing))
        if known is not None:
            return known[1]
        made = self._make(thing)
        self._made[id(thing)] = (thing, made)
        if len(self._made) > MOST:
            self._made.popitem(last=False)
        return made
