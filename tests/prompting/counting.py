"""How much a completion looks at, which no other program on the machine can change."""

from unittest import mock

from vibes.domain.prompting.completion import Index
from vibes.services.prompting.completion import CompletionService


async def looks_at(service: CompletionService, text: str) -> int:
    """How often a name is looked at for the completion of a text."""
    seen = 0
    tail = Index.tail

    def counted(index: Index, place: int) -> str:
        nonlocal seen
        seen += 1
        return tail(index, place)

    await service.complete(text, None, None)  # what there is to complete from is known now
    with mock.patch.object(Index, "tail", counted):
        await service.complete(text, None, None)
    return seen
