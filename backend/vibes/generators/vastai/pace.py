"""Keeps the gap that Vast.ai asks for between two requests to one route."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum


class Route(Enum):
    """The routes that are used, each with its least gap in seconds."""

    SEARCH = 6.0
    CREATE = 4.5
    LIST = 1.0
    ONE = 2.0
    DESTROY = 3.0
    ACCOUNT = 1.5


CREATE_PENALTY_SECONDS = 12.0
"""The gap after a create that was too soon."""


class Pace:
    """One for each account. Who comes too soon waits for their turn."""

    def __init__(self, factor: float = 1.0) -> None:
        """``factor``: on every gap; below 1 only against a server of one's own."""
        self._factor = factor
        self._free_at: dict[Route, float] = {}
        self._turns = {route: asyncio.Lock() for route in Route}

    @asynccontextmanager
    async def turn(self, route: Route) -> AsyncIterator[None]:
        """Inside a request to this route may go out. The gap begins with its answer: on the way a question may lose
        more time than the next one, and come too soon after it."""
        async with self._turns[route]:
            wait = self._free_at.get(route, 0.0) - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                self.too_soon(route, route.value)

    def too_soon(self, route: Route, seconds: float) -> None:
        """This route is to be left alone for so long."""
        at = asyncio.get_running_loop().time() + seconds * self._factor
        self._free_at[route] = max(self._free_at.get(route, at), at)
