"""A kind of node that is no ComfyUI: it paints by itself, knows no graph, needs no address and may cost money."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes import png
from vibes.documents.png_texts import texts, with_text
from vibes.domain.attempt import Wire
from vibes.domain.errors import ForeignOutput, NodeUnclear, NodeUnreachable
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import AttemptEnded, AttemptProgress, AttemptStarted, NodeConnected, NodeEvent
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder, NodeConfig, NodeQueue, NodeVitals
from vibes.domain.nodes.outcome import (
    Absent,
    Errored,
    Interrupted,
    MaybePaid,
    OutputFile,
    Pending,
    Running,
    Succeeded,
    Whereabouts,
)
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import Operation
from vibes.ports.kinds import NodeKind, only_options
from vibes.ports.orders import InputImage, Order, Outline

PAINTS = frozenset({Operation.TXT2IMG, Operation.IMG2IMG})
STROKES = 4
"""Steps of every picture."""

FLEET = """
nodes:
  - {id: easel, kind: easel, name: An easel, vram_gb: 1, tier: standard, capabilities: [sd15, upscale],
     max_resolution: 1024, max_batch: 1, options: {brush: 3}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EaselInventory(NodeInventory):
    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        """A service knows no files: it offers a model by the name that people know, and does what it does."""
        unable = needed.operation is not None and needed.operation not in PAINTS
        return (f"paints no {needed.operation}",) if unable else NodeInventory.lacks(self, needed)


class Easel:
    """Implements the port ``GeneratorNode``. Pictures are painted ``at_once``, or stroke by stroke as the test says."""

    def __init__(self, config: NodeConfig) -> None:
        self.config = config
        self.at_once = True
        self.unclear = False
        """No submission gets an answer, and nobody can tell whether it is painted, and paid for."""
        self.charges = False
        self.cost_usd: float | None = None
        """What it says that each picture cost."""
        self.reachable = True
        self.refusals = 0
        """So many of the next submissions find nobody in."""
        self.submissions: list[AttemptId] = []
        self.orders: dict[AttemptId, Wire] = {}
        self.states: dict[AttemptId, Whereabouts] = {}
        self.images: dict[str, bytes] = {}
        self.told: asyncio.Queue[NodeEvent] = asyncio.Queue()

    def finish(self, attempt_id: AttemptId) -> None:
        self.end(attempt_id, Succeeded((OutputFile(attempt_id, "", "picture"),), cost_usd=self.cost_usd))

    def spill(self, attempt_id: AttemptId, message: str) -> None:
        self.end(attempt_id, Errored(message))

    def paint(self, attempt_id: AttemptId, sent: Wire) -> None:
        """It had got the order all the while."""
        self.orders[attempt_id] = sent
        self.finish(attempt_id)

    @staticmethod
    def pending() -> Whereabouts:
        return Pending(0)

    def stroke(self, attempt_id: AttemptId, number: int) -> None:
        """It has done so many of them."""
        self.told.put_nowait(AttemptProgress(attempt_id, "painting", number, STROKES))

    @property
    def running(self) -> list[AttemptId]:
        return [each for each, state in self.states.items() if isinstance(state, Running)]

    def end(self, attempt_id: AttemptId, state: Whereabouts) -> None:
        self.states[attempt_id] = state
        self.told.put_nowait(AttemptEnded(attempt_id))
        waiting = [each for each, waits in self.states.items() if isinstance(waits, Pending)]
        if waiting:
            self._begin(waiting[0])

    def _begin(self, attempt_id: AttemptId) -> None:
        self.states[attempt_id] = Running()
        self.told.put_nowait(AttemptStarted(attempt_id))
        if self.at_once:
            self.finish(attempt_id)

    async def check(self) -> NodeVitals:
        if not self.reachable:
            raise NodeUnreachable("the door is shut")
        queue = NodeQueue(running=tuple(self.running), pending=())
        return NodeVitals(queue=queue, vram_free_bytes=0, response_ms=1.0)

    async def discover(self) -> EaselInventory:
        return EaselInventory(
            version="1",
            device_name="an easel",
            simulated=True,
            vram_total_bytes=0,
            files={
                ModelFolder.CHECKPOINTS: frozenset({"v1-5-pruned-emaonly.safetensors"}),
                ModelFolder.UPSCALE_MODELS: frozenset({"4x-UltraSharp.pth"}),
            },
        )

    def has(self, image: InputImage) -> bool:
        return image.digest in self.images

    async def bring(self, image: InputImage) -> None:
        self.images[image.digest] = image.content

    def forget_images(self) -> None:
        self.images.clear()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Wire:
        images = {name: image.digest for name, image in order.images.items()}
        return {"words": order.spec.prompt, "seed": order.spec.seed, "after": images}

    def outline(self, sent: Wire) -> Outline:
        return Outline(steps={"painting": STROKES})

    async def submit(self, attempt_id: AttemptId, sent: Wire) -> None:
        if self.refusals:
            self.refusals -= 1
            raise NodeUnreachable("the door is shut")
        self.submissions.append(attempt_id)
        if self.unclear:
            raise NodeUnclear("the line was cut")
        self.orders[attempt_id] = sent
        if self.running:
            self.states[attempt_id] = Pending(0)
        else:
            self._begin(attempt_id)

    async def rehearse(self) -> None: ...

    async def find(self, attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
        if self.unclear and attempt_id not in self.states:
            return MaybePaid("nobody can tell whether it was painted")
        return self.states.get(attempt_id, Absent())

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        """Every picture is signed by what was asked."""
        mine = json.dumps(self.orders[AttemptId(output.filename)])
        picture = with_text(png((self.orders[AttemptId(output.filename)]["seed"] % 256, 0, 0)), "easel", mine)
        if sent is not None and json.loads(mine) != json.loads(json.dumps(sent)):
            raise ForeignOutput("the picture is another order's")
        return picture

    async def cancel(self, attempt_id: AttemptId) -> None:
        if attempt_id in self.states:
            self.end(attempt_id, Interrupted())

    async def take_back(self, attempt_id: AttemptId) -> bool:
        if isinstance(self.states.get(attempt_id), Pending):
            del self.states[attempt_id]
        return attempt_id not in self.states

    async def free(self) -> None: ...

    async def events(self) -> AsyncIterator[NodeEvent]:
        yield NodeConnected()
        while True:
            yield await self.told.get()

    async def close(self) -> None: ...


class Easels:
    """Makes the easels and keeps them by id; one that stood there before keeps what it has."""

    def __init__(self, *before: Easel) -> None:
        self.nodes = {each.config.id: each for each in before}

    def __call__(self, config: NodeConfig) -> Easel:
        easel = self.nodes[config.id] = self.nodes.get(config.id, Easel(config))
        return easel

    @property
    def kind(self) -> NodeKind:
        return NodeKind(name="easel", connect=self, needs_address=False, check_options=only_options("brush"))


def signature(picture: bytes) -> Mapping[str, Any]:
    """What a picture says that it was painted after."""
    [text] = texts(picture, "easel")
    signed: Mapping[str, Any] = json.loads(text)
    return signed
