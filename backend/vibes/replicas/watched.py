"""A value that others wait for to change."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Watched(Generic[T]):
    def __init__(self, value: T) -> None:
        self._value = value
        self._changed = asyncio.Event()

    @property
    def value(self) -> T:
        return self._value

    def set(self, value: T) -> None:
        """Does nothing when it is equal."""
        if value == self._value:
            return
        self._value = value
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def until(self, wanted: Callable[[T], bool]) -> T:
        """Wait until the value is as wanted. One that is so only between two turns of the event loop may be missed."""
        while not wanted(self._value):
            await self._changed.wait()
        return self._value

    async def change(self) -> None:
        """Wait for the next change."""
        await self._changed.wait()
