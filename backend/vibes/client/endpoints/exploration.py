"""Exploring: variations, neighbours, pictures between two, sheets."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get, submission
from vibes.client.values.exploration import Ahead, Neighbours, VariationsRequest
from vibes.client.values.pictures import Batch, Generation
from vibes.domain.exploration.neighbours import Direction

_VARIATIONS, _AHEAD = "/api/generate/variations", "/api/explore/ahead"


class AsyncExploration:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def vary(self, request: VariationsRequest, *, idempotency_key: str | None = None) -> Batch:
        """One batch of pictures that differ as told, a grid from its centre outwards. Raises InvalidRequest that names
        each wrong value with its axis."""
        return await self.draw(request.body(), idempotency_key=idempotency_key)

    async def draw(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> Batch:
        """The same for a body that the hub gave: of neighbours, or of a sheet."""
        return await self._transport.value(Batch, submission(_VARIATIONS, dict(body), idempotency_key))

    async def neighbours(self, generation_id: str, direction: Direction | str) -> Neighbours:
        """What lies beside a picture: ``strength``, ``wording``, ``model``, ``seed``, ``lora_weight`` or ``guidance``.
        Nothing is drawn by it."""
        body = {"generation_id": generation_id, "direction": direction}
        return await self._transport.value(Neighbours, _post("/api/explore/neighbours", body))

    async def between(
        self, one: str, other: str, *, steps: int = 5, seeds: str = "keep", idempotency_key: str | None = None
    ) -> Batch:
        """So many pictures whose settings lead from one to the other; ``seeds``: ``keep`` or ``switch``."""
        body = {"from": one, "to": other, "steps": steps, "seeds": seeds}
        return await self._transport.value(Batch, submission("/api/generate/between", body, idempotency_key))

    async def sheet(self, batch_id: str) -> bytes:
        """All pictures of a batch as one labelled PNG."""
        return await self._transport.content(get(f"/api/batches/{quote(batch_id, safe='')}/sheet.png"))

    async def sheet_request(self, batch_id: str) -> Mapping[str, Any]:
        """The body that draws the same pictures again (`draw`)."""
        return await self._transport.value(dict[str, Any], get(f"/api/batches/{quote(batch_id, safe='')}/sheet.json"))

    async def draw_ahead(
        self, session_id: str, generation_id: str, directions: Sequence[Direction | str], *, budget: int = 24
    ) -> Ahead:
        """Draw a picture's neighbours on nodes that nobody else wants, up to so many, instead of what was drawn ahead
        for the session. It ends when nobody has watched the session for a minute."""
        body = {
            "session_id": session_id,
            "generation_id": generation_id,
            "directions": list(directions),
            "budget": budget,
        }
        return await self._transport.value(Ahead, _post(_AHEAD, body))

    async def drawn_ahead(self, session_id: str) -> Ahead:
        return await self._transport.value(Ahead, get(_ahead_of(session_id)))

    async def stop_ahead(self, session_id: str) -> Ahead:
        """Draw nothing more ahead, and cancel what is being drawn."""
        call = Call(method="DELETE", path=_ahead_of(session_id), repeatable=True)
        return await self._transport.value(Ahead, call)

    async def promote(self, generation_id: str) -> Generation:
        """A picture that is drawn ahead was chosen: it gives way to nothing any more."""
        path = f"/api/generations/{quote(generation_id, safe='')}/promote"
        return await self._transport.value(Generation, _post(path, None))


class Exploration:
    """`AsyncExploration` for callers without an event loop."""

    def __init__(self, exploration: AsyncExploration, loop: BackgroundLoop) -> None:
        self._exploration = exploration
        self._loop = loop

    def vary(self, request: VariationsRequest, *, idempotency_key: str | None = None) -> Batch:
        return self._loop.run(self._exploration.vary(request, idempotency_key=idempotency_key))

    def draw(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> Batch:
        return self._loop.run(self._exploration.draw(body, idempotency_key=idempotency_key))

    def neighbours(self, generation_id: str, direction: Direction | str) -> Neighbours:
        return self._loop.run(self._exploration.neighbours(generation_id, direction))

    def between(
        self, one: str, other: str, *, steps: int = 5, seeds: str = "keep", idempotency_key: str | None = None
    ) -> Batch:
        asked = self._exploration.between(one, other, steps=steps, seeds=seeds, idempotency_key=idempotency_key)
        return self._loop.run(asked)

    def sheet(self, batch_id: str) -> bytes:
        return self._loop.run(self._exploration.sheet(batch_id))

    def sheet_request(self, batch_id: str) -> Mapping[str, Any]:
        return self._loop.run(self._exploration.sheet_request(batch_id))

    def draw_ahead(
        self, session_id: str, generation_id: str, directions: Sequence[Direction | str], *, budget: int = 24
    ) -> Ahead:
        return self._loop.run(self._exploration.draw_ahead(session_id, generation_id, directions, budget=budget))

    def drawn_ahead(self, session_id: str) -> Ahead:
        return self._loop.run(self._exploration.drawn_ahead(session_id))

    def stop_ahead(self, session_id: str) -> Ahead:
        return self._loop.run(self._exploration.stop_ahead(session_id))

    def promote(self, generation_id: str) -> Generation:
        return self._loop.run(self._exploration.promote(generation_id))


def _ahead_of(session_id: str) -> str:
    return f"{_AHEAD}/{quote(session_id, safe='')}"


def _post(path: str, body: Any) -> Call:
    return Call(method="POST", path=path, body=body, repeatable=True)
