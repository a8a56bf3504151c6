"""What the hub asks of the prompts that were used before."""

from collections.abc import Sequence
from typing import Protocol

from vibes.domain.ids import OwnerId
from vibes.domain.prompting.history import PastPrompt


class PromptRepository(Protocol):
    async def history(self, words: str, owner: OwnerId | None, *, limit: int) -> Sequence[PastPrompt]:
        """Newest first, each once, as they were written; those that hold every one of the words. ``owner``: only their
        own and everybody's; None: all. Looks through the newest few thousand batches."""
