"""Stores a picture for its generation: file first, row second, one attempt of a generation at a time."""

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

from vibes.domain.attempt import AttemptState
from vibes.domain.ids import GenerationId
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.media.image_metadata import a1111_parameters
from vibes.services.media.image_store import ImageStore
from vibes.services.queue.active_attempt import ActiveAttempt


class FinishedImages:
    """All attempts of a generation use the same file. It is written and deleted only under the generation's lock, and
    only while no row names it; the row is read each time under the lock, since the winner may be known only there."""

    def __init__(self, storage: Storage, images: ImageStore, clock: Clock) -> None:
        self._storage = storage
        self._images = images
        self._clock = clock
        self._locks: WeakValueDictionary[GenerationId, asyncio.Lock] = WeakValueDictionary()

    async def check(self, png: bytes) -> None:
        """Raises NodeError unless these bytes are a complete picture."""
        await self._images.check(png)

    async def win(self, active: ActiveAttempt, png: bytes, seconds: float) -> bool:
        """Write the picture and make it the generation's; False, with no file left, when the generation had ended
        before.

        ``seconds``: the time of drawing. Raises StorageUnavailable while disk or database accept nothing.
        """
        generation = active.generation
        async with self._locks.setdefault(generation.id, asyncio.Lock()):
            if await self._is_over(active):
                return active.evidence.not_stored is not None and await self._was_first(active)
            image = await self._images.save(
                generation.session_id, generation.id, png, a1111_parameters(generation.spec)
            )
            time_ms = round(seconds * 1000)
            won = await self._storage.attempts.win(active.id, [image], generation_time_ms=time_ms, at=self._clock.now())
            if not won:
                await self._images.delete([replace(generation, images=(image,))])
            return won

    async def delete_remains(self, generation_id: GenerationId) -> bool:
        """Delete the files of a generation that has ended without a picture; True when it has."""
        async with self._locks.setdefault(generation_id, asyncio.Lock()):
            current = await self._storage.generations.get(generation_id)
            if current is None or current.image is not None or not current.status.terminal:
                return False
            await self._images.delete_remains(current.session_id, current.id)
            return True

    async def _was_first(self, active: ActiveAttempt) -> bool:
        """Whether the stored picture is this attempt's own: an earlier try succeeded although its answer was lost."""
        attempt = await self._storage.attempts.get(active.id)
        return attempt is not None and attempt.state is AttemptState.WON

    async def _is_over(self, active: ActiveAttempt) -> bool:
        current = await self._storage.generations.get(active.generation.id)
        over = current is None or current.status.terminal
        if over:
            await self._storage.attempts.close(active.id, AttemptState.SUPERSEDED, at=self._clock.now())
        return over
