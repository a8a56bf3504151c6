"""Asking a hub for pictures and waiting for them, for the service tests."""

from typing import Any

from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.generation import Generation
from vibes.domain.ids import BatchId
from vibes.domain.pictures.generation_request import GenerationRequest


def request(**given: Any) -> GenerationRequest:
    values: dict[str, Any] = {"session_id": None, "model_family": "sd15", "values": {"prompt": "a cat"}, "seed": 7}
    return GenerationRequest(**{**values, **given})


async def finished(hub: Hub, batch_id: BatchId) -> list[Generation]:
    """The generations of the batch, once all are terminal."""

    async def all_terminal() -> list[Generation] | None:
        generations = await hub.storage.generations.of_batch(batch_id)
        return list(generations) if all(each.status.terminal for each in generations) else None

    return await eventually(all_terminal, what="every generation is terminal")
