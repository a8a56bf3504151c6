"""A generator as a node: implements the port over an `ImageGenerator` in the hub's process."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

from vibes.domain.attempt import Wire
from vibes.domain.errors import NODE_MISCONFIGURED, ForeignOutput, NodeError, NodeUnclear
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import AttemptStarted, NodeConnected, NodeEvent
from vibes.domain.nodes.node import Closed, NodeConfig, NodeQueue, NodeVitals
from vibes.domain.nodes.outcome import MaybePaid, OutputFile, Pending, Running, Succeeded, TurnedDown, Whereabouts
from vibes.domain.reason import Reason, ReasonCode
from vibes.generators import found
from vibes.nodes.generator.engine import Engine
from vibes.nodes.generator.failures import Standing, ended_as
from vibes.nodes.generator.files import KEPT, GeneratorFiles, read_picture
from vibes.nodes.generator.inventory import GeneratorInventory, inventory_of
from vibes.nodes.generator.orders import keywords, outline_of, request_of
from vibes.nodes.generator.requests import DrawnRequest, DrawnRequests
from vibes.ports.orders import InputImage, Order, Outline

logger = logging.getLogger(__name__)

UNWELL_SECONDS = 15.0
"""Until a provider that did not answer is given orders again, unless it is asked before."""
FORGOTTEN = "it is not there any more: the hub was restarted meanwhile"


class ImageGeneratorNode:
    """Implements the port ``GeneratorNode``. An attempt's id is the id of its request, also in the generator's journal,
    so that it is found again after a restart of the hub."""

    def __init__(self, config: NodeConfig, engine: Engine, files: GeneratorFiles, serves: frozenset[str]) -> None:
        """``serves``: checkpoints of other nodes that it may stand in for."""
        self._config = config
        self._engine = engine
        self._files = files
        self._serves = serves
        self._standing = Standing()
        self._requests = DrawnRequests(self._draw)
        self._inventory: GeneratorInventory | None = None
        self._brought: set[str] = set()
        self._seeds: dict[str, object] = {}
        """By picture: the seed that it was drawn with, where that was told."""

    @property
    def charges(self) -> bool:
        return self._engine.charges

    async def check(self) -> NodeVitals:
        """Its provider is asked once a minute. NodeError while a person must mend something, or it does not start."""
        clock = asyncio.get_running_loop().time
        began, queue = clock(), self._requests.queue
        wrong = self._standing.misconfigured
        if wrong is not None and not queue.running and not self._standing.look_again(began):
            raise NodeError(wrong, code=NODE_MISCONFIGURED)
        told, unwell = await self._well(queue)
        balance = told.get("balance_usd")
        balance_usd = float(balance) if isinstance(balance, int | float) else None
        if balance_usd is not None:
            self._standing.has_credit(balance_usd, clock())
        return NodeVitals(
            queue=queue,
            vram_free_bytes=0,
            response_ms=1000 * (clock() - began),
            closed=self._standing.closed(clock()) or unwell,
            balance_usd=balance_usd,
        )

    async def _well(self, queue: NodeQueue) -> tuple[Mapping[str, Any], Closed | None]:
        """What it tells of its connection. A provider that charges and does not answer for a while ends nothing that is
        under way there, which tells by itself how it ends; it only gets no more."""
        try:
            told = await self._engine.well()
        except NodeError as error:
            if not self.charges or not (queue.running or queue.pending):
                raise
            return {}, Closed(Reason(ReasonCode.CHECK_FAILED, str(error)), UNWELL_SECONDS)
        if told.get("status") == "healthy":
            return told, None
        return told, self._refused(str(told.get("code")), str(told.get("error", "")), told.get("retry_after"))

    async def discover(self) -> GeneratorInventory:
        self._inventory = inventory_of(await self._engine.started(), self._config, self._serves)
        return self._inventory

    def has(self, image: InputImage) -> bool:
        return image.digest in self._brought

    async def bring(self, image: InputImage) -> None:
        await asyncio.to_thread(self._files.keep_input, image.digest, image.content)
        self._brought.add(image.digest)

    def forget_images(self) -> None:
        self._brought.clear()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Wire:
        inventory = self._inventory
        asked_for = order.spec.checkpoint or order.spec.parameters.get("upscale_model")
        return request_of(order, None if inventory is None else inventory.offer(_text(asked_for)))

    def outline(self, sent: Wire) -> Outline:
        return outline_of(sent)

    async def submit(self, attempt_id: AttemptId, sent: Wire) -> None:
        await self._engine.started()
        self._requests.begin(attempt_id, sent)

    async def rehearse(self) -> None:
        """Nothing can be submitted in vain: it is asked about its connection anew."""
        self._engine.ask_again()
        await self._engine.well()

    async def find(self, attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
        request = self._requests.get(attempt_id)
        return request.state if request is not None else await self._find_again(attempt_id)

    async def _find_again(self, attempt_id: AttemptId) -> Whereabouts:
        """One of an earlier process: where the generator's journal, or whoever follows it again, says that it is."""
        generator = await self._engine.started()
        match await generator.find_request(attempt_id):
            case found.Waiting(position):
                return Pending(position or 0)
            case found.Running():
                self._requests.events.put_nowait(AttemptStarted(attempt_id))  # the sign of life that it cannot give
                return Running()
            case found.Done(path, details):
                return self._succeeded(path, details)
            case found.Failed(code, reason):
                return ended_as(code, reason, None, provider=self._provider, charges=generator.charges)
            case found.Unclear(reason):
                return MaybePaid(reason)
            case _:
                return TurnedDown(message=FORGOTTEN)

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        """Its path was answered to this request alone; a generator that tells the seed must have used the one that was
        sent."""
        content = await asyncio.to_thread(read_picture, Path(output.filename))
        asked_for = None if sent is None else sent["options"].get("seed")
        drawn_with = self._seeds.get(output.filename)
        if asked_for is not None and drawn_with is not None and str(drawn_with) != str(asked_for):
            raise ForeignOutput(f"the picture was drawn with the seed {drawn_with} instead of {asked_for}")
        return content

    async def cancel(self, attempt_id: AttemptId) -> None:
        """NodeUnclear when it cannot be stopped: it is then drawn in vain, and perhaps paid for."""
        generator = self._engine.running
        if self._requests.withdraw(attempt_id) or generator is None or await generator.cancel_request(attempt_id):
            return
        if isinstance(await generator.find_request(attempt_id), found.Waiting | found.Running):
            raise NodeUnclear(f"{attempt_id} cannot be stopped")

    async def take_back(self, attempt_id: AttemptId) -> bool:
        if self._requests.withdraw(attempt_id):
            return True
        generator = await self._engine.started()
        taken = await generator.take_back_request(attempt_id)
        if taken:
            self._requests.forget(attempt_id)
        return taken

    async def free(self) -> None:
        """Generators have no such request: what draws locally frees memory by itself."""

    async def events(self) -> AsyncGenerator[NodeEvent, None]:
        yield NodeConnected()
        while True:
            yield await self._requests.events.get()

    async def close(self) -> None:
        """The generator first: what its provider has been paid for goes on there, while the wish of a caller that goes
        away would cancel it."""
        await self._engine.close()
        await self._requests.stop()

    @property
    def _provider(self) -> str:
        return "" if self._inventory is None else self._inventory.provider

    async def _draw(self, request: DrawnRequest) -> Whereabouts:
        generator = await self._engine.started()
        request.handed_in = True  # in this very step
        pictures = {digest: self._files.input_path(digest) for digest in request.sent["images"].values()}
        try:
            path = await generator.generate_image(
                request.sent["prompt"],
                **keywords(request.sent, pictures),
                request_id=request.attempt_id,
                observer=request,
            )
        except Exception as error:  # noqa: BLE001 - a generator may be of another package, and fail with anything
            return self._failed(error, charges=generator.charges)
        self._standing.drew()
        await asyncio.to_thread(self._files.tidy)
        return self._succeeded(path, request.details)

    def _succeeded(self, path: str, details: Mapping[str, Any]) -> Succeeded:
        self._seeds[path] = details.get("seed")
        while len(self._seeds) > KEPT:
            del self._seeds[next(iter(self._seeds))]
        cost_usd = details.get("cost_usd")
        cost = cost_usd if isinstance(cost_usd, int | float) else None
        again = details.get("reproducible") is not False
        return Succeeded((OutputFile(path, "", "generator"),), cost_usd=cost, reproducible=again)

    def _failed(self, error: Exception, *, charges: bool) -> Whereabouts:
        code = str(getattr(error, "code", ""))
        if not code:
            logger.warning("%s failed with an error of its own kind", self._config.id, exc_info=error)
        closed = self._refused(code, str(error), getattr(error, "retry_after", None))
        return ended_as(code, str(error), closed, provider=self._provider, charges=charges)

    def _refused(self, code: str, message: str, retry_after: object) -> Closed | None:
        now, seconds = asyncio.get_running_loop().time(), retry_after if isinstance(retry_after, int | float) else None
        closed = self._standing.refused(code, message, seconds, now)
        if closed is not None:
            self._engine.ask_again()
        return closed


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
