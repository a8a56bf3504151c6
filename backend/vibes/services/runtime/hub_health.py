"""Whether the hub works: its present faults, and whether it is about to end."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

Problems = Callable[[], Iterable[str]]
"""The faults of one part of the hub that it retries, a sentence each."""


class HubHealth:
    def __init__(
        self,
        sources: Sequence[Problems],
        vital: Callable[[], str | None],
        stopping: Callable[[], bool],
        ping: Callable[[], Awaitable[None]],
    ) -> None:
        """``vital``: what is wrong with an activity without which no work goes on; None while all of them run.
        ``ping``: raises StorageUnavailable when the database does not answer."""
        self._sources = sources
        self._vital = vital
        self._stopping = stopping
        self._ping = ping

    @property
    def stopping(self) -> bool:
        """The hub is about to end and starts nothing new."""
        return self._stopping()

    @property
    def vital_problem(self) -> str | None:
        """The fault that stops all work; it is among the `problems` too."""
        return self._vital()

    def problems(self) -> list[str]:
        """Faults of the hub itself, which it retries."""
        return [problem for source in self._sources for problem in source()]

    async def check_database(self) -> None:
        """Raises StorageUnavailable when it does not answer."""
        await self._ping()
