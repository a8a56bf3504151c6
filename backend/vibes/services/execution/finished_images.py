"""Stores the images of a generation: files first, row second, one attempt of a generation at a time."""

import asyncio
from collections.abc import Sequence
from weakref import WeakValueDictionary

from vibes.domain.attempt import AttemptState
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import GenerationId
from vibes.domain.pictures.spec import GenerationSpec
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.media.image_metadata import a1111_parameters
from vibes.services.media.image_store import ImageStore, NewImage
from vibes.services.prompting.lora_cards import LoraCards
from vibes.services.queue.active_attempt import ActiveAttempt


class FinishedImages:
    """All attempts of a generation use the same files, which are written and deleted only under the generation's lock,
    and only while no row names them; the row is read each time under the lock, since the winner may be known only
    there."""

    def __init__(self, storage: Storage, images: ImageStore, loras: LoraCards, clock: Clock) -> None:
        self._storage = storage
        self._images = images
        self._loras = loras
        self._clock = clock
        self._locks: WeakValueDictionary[GenerationId, asyncio.Lock] = WeakValueDictionary()

    async def parameters(self, watch: WatchedNode, spec: GenerationSpec) -> str:
        """A1111's text for a picture that this node has drawn."""
        return a1111_parameters(spec, await self._loras.hashes(watch, spec))

    async def examine(self, content: bytes, parameters: str) -> NewImage:
        """See `ImageStore.examine`."""
        return await self._images.examine(content, parameters)

    async def win(self, active: ActiveAttempt, files: Sequence[NewImage], seconds: float) -> bool:
        """Write the images and make them the generation's; False, with no file left, when the generation had ended
        before.

        ``seconds``: the time of drawing. Raises StorageUnavailable while disk or database accept nothing.
        """
        generation = active.generation
        async with self._locks.setdefault(generation.id, asyncio.Lock()):
            if await self._is_over(active):
                return active.evidence.not_stored is not None and await self._kept_before_it_was_over(active)
            images = await self._images.save(generation.session_id, generation.id, files)
            time_ms = round(seconds * 1000)
            won = await self._storage.attempts.win(
                active.id,
                images,
                generation_time_ms=time_ms,
                at=self._clock.now(),
                paid=active.paid,
                reproducible=active.reproducible,
            )
            if not won:
                await self._images.delete([path for image in images for path in image.paths])
            return won

    async def delete_remains(self, generation_id: GenerationId) -> bool:
        """Delete the files of a generation that has ended which are none of its images; True when there were any."""
        async with self._locks.setdefault(generation_id, asyncio.Lock()):
            return await self._delete_remains(generation_id)

    async def _delete_remains(self, generation_id: GenerationId) -> bool:
        current = await self._storage.generations.get(generation_id)
        if current is None or not current.status.terminal:
            return False
        named = [path for image in current.images for path in image.paths]
        return await self._images.delete_remains(current.session_id, [current.id], named)

    async def _kept_before_it_was_over(self, active: ActiveAttempt) -> bool:
        """An earlier try may have written the files: answers whether they are the generation's; otherwise they are
        deleted."""
        if await self._was_first(active):
            return True
        await self._delete_remains(active.generation.id)
        return False

    async def _was_first(self, active: ActiveAttempt) -> bool:
        """Whether the stored picture is this attempt's own: an earlier try succeeded although its answer was lost."""
        return await self._state(active) is AttemptState.WON

    async def _state(self, active: ActiveAttempt) -> AttemptState | None:
        attempt = await self._storage.attempts.get(active.id)
        return None if attempt is None else attempt.state

    async def _is_over(self, active: ActiveAttempt) -> bool:
        status = await self._storage.generations.status(active.generation.id)
        if status is GenerationStatus.FAILED:
            active.late = await self._state(active) is AttemptState.MAYBE_PAID
        over = status is None or (status.terminal and not active.late)
        if over:
            at, end = self._clock.now(), AttemptState.SUPERSEDED
            if not await self._storage.attempts.close(active.id, end, at=at, paid=active.paid):
                message = "it was made after all, when its picture was not needed any more"
                await self._storage.spendings.resolve(active.id, end, message, active.paid, at=at)
        return over
