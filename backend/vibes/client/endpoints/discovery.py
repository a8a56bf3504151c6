"""What a hub offers: task types of jobs, models, nodes, the queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, JsonObject, Transport, get
from vibes.client.values.fleet import Catalog, Fleet, Gpu, Queue, TaskType, TaskTypes
from vibes.client.values.models import Models


class AsyncDiscovery:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def task_types(self) -> tuple[TaskType, ...]:
        """The types of a job's tasks, each with the JSON Schema of its inputs."""
        return (await self._transport.value(TaskTypes, get("/api/workflow/task-types"))).task_types

    async def job_schema(self) -> dict[str, Any]:
        """JSON Schema, draft 2020-12, of a whole job."""
        return await self._transport.value(dict[str, Any], get("/api/workflow/schema"))

    async def catalog(self) -> Catalog:
        """Models, samplers and schedulers of the nodes."""
        return await self._transport.value(Catalog, get("/api/workflow/catalog"))

    async def models(self) -> Models:
        """The model files, their families, and the file that each family is drawn with."""
        return await self._transport.value(Models, get("/api/models"))

    async def prefer_model(self, family: str, file: str | None) -> Models:
        """Draw the family with this file from now on; None: the hub chooses."""
        return await self._put("preferred", {"family": family, "file": file})

    async def say_family(self, file: str, family: str | None) -> Models:
        """Say which family a file is of; None: the hub tells it by the name again."""
        return await self._put("family", {"file": file, "family": family})

    async def _put(self, what: str, body: JsonObject) -> Models:
        return await self._transport.value(
            Models, Call(method="PUT", path=f"/api/models/{what}", body=body, repeatable=True)
        )

    async def fleet(self) -> Fleet:
        return await self._transport.value(Fleet, get("/api/gpus"))

    async def drain(
        self, gpu_id: str, *, until: datetime | None = None, running: str | None = None, free: bool = False
    ) -> Gpu:
        """Give the node nothing new until `resume`, or until that moment, which needs a zone.

        ``running``: ``finish``, ``move`` or ``now``; None: as gpus.yaml says. ``free``: unload its models once it is
        idle.
        """
        body = {"until": until and until.isoformat(), "running": running, "free": free}
        return await self._steer(gpu_id, "drain", body)

    async def resume(self, gpu_id: str) -> Gpu:
        """Give the node work again; in its owner's hours, for the rest of them."""
        return await self._steer(gpu_id, "resume", None)

    async def _steer(self, gpu_id: str, what: str, body: JsonObject | None) -> Gpu:
        path = f"/api/gpus/{quote(gpu_id, safe='')}/{what}"
        return await self._transport.value(Gpu, Call(method="POST", path=path, body=body, repeatable=True))


class Discovery:
    """`AsyncDiscovery` for callers without an event loop."""

    def __init__(self, discovery: AsyncDiscovery, loop: BackgroundLoop) -> None:
        self._discovery = discovery
        self._loop = loop

    def task_types(self) -> tuple[TaskType, ...]:
        return self._loop.run(self._discovery.task_types())

    def job_schema(self) -> dict[str, Any]:
        return self._loop.run(self._discovery.job_schema())

    def catalog(self) -> Catalog:
        return self._loop.run(self._discovery.catalog())

    def models(self) -> Models:
        return self._loop.run(self._discovery.models())

    def prefer_model(self, family: str, file: str | None) -> Models:
        return self._loop.run(self._discovery.prefer_model(family, file))

    def say_family(self, file: str, family: str | None) -> Models:
        return self._loop.run(self._discovery.say_family(file, family))

    def fleet(self) -> Fleet:
        return self._loop.run(self._discovery.fleet())

    def drain(
        self, gpu_id: str, *, until: datetime | None = None, running: str | None = None, free: bool = False
    ) -> Gpu:
        return self._loop.run(self._discovery.drain(gpu_id, until=until, running=running, free=free))

    def resume(self, gpu_id: str) -> Gpu:
        return self._loop.run(self._discovery.resume(gpu_id))


class AsyncQueueControl:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self, *, limit: int = 100, offset: int = 0) -> Queue:
        """What runs, and what waits, in the order in which it will run."""
        return await self._transport.value(Queue, get("/api/queue", limit=limit, offset=offset))

    async def pause(self) -> Queue:
        """Start nothing new; what runs goes on. Lasts over restarts of the hub."""
        return await self._steer({"action": "pause"})

    async def resume(self) -> Queue:
        return await self._steer({"action": "resume"})

    async def move(
        self,
        to: Literal["front", "back"] | str,
        *,
        generation_ids: Sequence[str] = (),
        batch_id: str | None = None,
    ) -> Queue:
        """Move these generations, or all waiting ones of the batch."""
        named = {"batch_id": batch_id} if batch_id is not None else {"generation_ids": [*generation_ids]}
        return await self._steer({"action": "move", "to": to, **named})

    async def _steer(self, body: JsonObject) -> Queue:
        return await self._transport.value(Queue, Call(method="PATCH", path="/api/queue", body=body, repeatable=True))


class QueueControl:
    """`AsyncQueueControl` for callers without an event loop."""

    def __init__(self, queue: AsyncQueueControl, loop: BackgroundLoop) -> None:
        self._queue = queue
        self._loop = loop

    def get(self, *, limit: int = 100, offset: int = 0) -> Queue:
        return self._loop.run(self._queue.get(limit=limit, offset=offset))

    def pause(self) -> Queue:
        return self._loop.run(self._queue.pause())

    def resume(self) -> Queue:
        return self._loop.run(self._queue.resume())

    def move(
        self,
        to: Literal["front", "back"] | str,
        *,
        generation_ids: Sequence[str] = (),
        batch_id: str | None = None,
    ) -> Queue:
        return self._loop.run(self._queue.move(to, generation_ids=generation_ids, batch_id=batch_id))
