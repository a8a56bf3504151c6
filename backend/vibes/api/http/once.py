"""What many are told is put into bytes once."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 256
"""Kept at a time: listeners of a crowd are hardly further apart, and one that is costs one more encoding."""


class Once(Generic[T, R]):
    """The same function, which remembers what it made of the very same objects lately."""

    def __init__(self, make: Callable[[T], R]) -> None:
        self._make = make
        self._made: OrderedDict[int, tuple[T, R]] = OrderedDict()
        """By the object's identity; the object is kept along, so that no other can have it meanwhile."""

    def __call__(self, thing: T) -> R:
        known = self._made.get(id(thing))
        if known is not None:
            return known[1]
        made = self._make(thing)
        self._made[id(thing)] = (thing, made)
        if len(self._made) > MOST:
            self._made.popitem(last=False)
        return made
