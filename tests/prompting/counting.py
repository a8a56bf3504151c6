"""How much a completion looks at, which no other program on the machine can change."""

from collections.abc import Iterable, Iterator
from unittest import mock

from vibes.domain.prompting.completion import Entry, Fragment, completed
from vibes.services.prompting import completion as room
from vibes.services.prompting.completion import CompletionService


async def looks_at(service: CompletionService, text: str) -> int:
    """Entries that are looked at for the completion of a text."""
    seen = 0

    def counted(entries: Iterable[Entry]) -> Iterator[Entry]:
        nonlocal seen
        for entry in entries:
            seen += 1
            yield entry

    def counting(fragment: Fragment, entries: Iterable[Entry], limit: int) -> list[Entry]:
        return completed(fragment, counted(entries), limit)

    with mock.patch.object(room, "completed", counting):
        await service.complete(text, None, None)
    return seen
