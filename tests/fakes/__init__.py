"""Stand-ins for the outside world: a node without a machine, a clock without time, and, in folders, the providers."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from PIL import Image

from tests.takes_graphs import TakesGraphs
from vibes.documents.png_texts import with_text
from vibes.domain.errors import NODE_BROKE, NodeError, NodeMisbehaved, NodeUnclear, NodeUnreachable, OutputGone
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.card_memory import CardMemory
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptProgress,
    AttemptStarted,
    NodeConnected,
    NodeEvent,
)
from vibes.domain.nodes.node import ModelFolder, NodeConfig, NodeQueue, NodeVitals
from vibes.domain.nodes.outcome import (
    Absent,
    Errored,
    Interrupted,
    OutputFile,
    Pending,
    Running,
    Succeeded,
    Whereabouts,
)
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.comfyui.orders.origin import own
from vibes.ports.orders import InputImage

CLASSES = frozenset(
    {
        "CheckpointLoaderSimple",
        "CLIPTextEncode",
        "EmptyLatentImage",
        "EmptySD3LatentImage",
        "FluxGuidance",
        "KSampler",
        *("VAEDecode", "VAEEncode", "ImageScale"),
        "SaveImage",
        "LoadImage",
        "LoraLoader",
        "UpscaleModelLoader",
        "ImageUpscaleWithModel",
    }
)
SAMPLERS = frozenset({"euler", "dpmpp_2m"})
FILES = {
    ModelFolder.CHECKPOINTS: frozenset({"v1-5-pruned-emaonly.safetensors", "sd_xl_base_1.0.safetensors"}),
    ModelFolder.LORAS: frozenset({"sdxl-watercolor.safetensors", "sd15-ink-sketch.safetensors"}),
    ModelFolder.UPSCALE_MODELS: frozenset({"4x-UltraSharp.pth"}),
}


class FakeClock:
    """Wall clock and monotonic clock move only by `advance`; sleeping is giving way to others."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    async def sleep(self, seconds: float) -> None:
        """Takes no time: the clock is set forward, and whoever else is ready gets a turn."""
        self.advance(seconds)
        await asyncio.sleep(0)


def png(colour: tuple[int, int, int] = (80, 120, 160), size: tuple[int, int] = (64, 48)) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", size, colour).save(encoded, "PNG")
    return encoded.getvalue()


@dataclass(eq=False)
class FakeNode(TakesGraphs):
    """A node whose work ends when the test says so, or at once with ``instant``."""

    config: NodeConfig
    instant: bool = True
    files: dict[ModelFolder, frozenset[str]] = field(default_factory=lambda: dict(FILES))
    image: bytes = field(default_factory=png)
    saves: int = 1
    """Files of each prompt, all of them the same."""
    reachable: bool = True
    refusal: NodeError | None = None
    """Raised by the next submissions."""
    tries: int = 0
    """Submissions, refused ones as well."""
    number: int = 0
    """Of the latest prompt, counted from the start of the node."""
    breaks_at_prompts: bool = False
    """Every prompt is a 500; an empty one is refused as it should be."""
    broken_answers: int = 0
    """So many of the next prompts, empty ones too, are answered by a 500."""
    posts_lost: int = 0
    """So many of the next submissions are lost on their way, without the sender knowing."""
    answers_lost: int = 0
    """So many of the next submissions arrive, but their answers do not."""
    wedged: bool = False
    """Prompts are taken and never run."""
    error: str | None = None
    """Every prompt ends with this message."""
    graphs: dict[AttemptId, Graph] = field(default_factory=dict)
    """Everything ever submitted, in order."""
    posts: list[AttemptId] = field(default_factory=list)
    """Every submission that was sent, arrived or not."""
    states: dict[AttemptId, Whereabouts] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    cancelled: list[AttemptId] = field(default_factory=list)
    taken_back: list[AttemptId] = field(default_factory=list)
    freed: int = 0
    memory: CardMemory | None = None
    """As it tells it."""
    missed_checks: int = 0
    """So many of the next health checks get no answer."""
    response_ms: float = 3.0
    nonsense: bool = False
    """Questions about a prompt get no sensible answer."""
    signs: bool = False
    """Its pictures carry the graph that made them, as a ComfyUI writes it into them."""
    swaps: int = 0
    """So many of the next downloads answer with the picture of another attempt; -1: all."""
    files_gone: int = 0
    """So many of the next downloads find no file any more; -1: all."""
    hold_fetch: asyncio.Event | None = None
    """Downloads wait for it."""
    hold_orders: asyncio.Event | None = None
    """Cancelling and unloading wait for it, as on a node that is frozen."""
    checks: int = 0
    asked: int = 0
    """Questions about a prompt."""
    closed: bool = False
    graphs_for_it: GraphsForNode = field(default_factory=GraphsForNode)
    """It takes graphs, as a ComfyUI does."""
    frozen: bool = False
    """Every question waits, as with a stopped process; see `freeze` and `thaw`."""

    def __post_init__(self) -> None:
        self._events: asyncio.Queue[NodeEvent] = asyncio.Queue()
        self._thawed = asyncio.Event()

    def freeze(self) -> None:
        self.frozen = True
        self._thawed.clear()

    def thaw(self) -> None:
        self.frozen = False
        self._thawed.set()

    async def _while_frozen(self) -> None:
        if self.frozen:
            await self._thawed.wait()

    @property
    def heard(self) -> bool:
        """Whether all that it told was taken from it."""
        return self._events.empty()

    @property
    def running(self) -> list[AttemptId]:
        return [attempt_id for attempt_id, state in self.states.items() if state == Running()]

    def tell(self, event: NodeEvent) -> None:
        self._events.put_nowait(event)

    def progress(self, attempt_id: AttemptId, graph_node_id: str, value: float, maximum: float) -> None:
        self.tell(AttemptProgress(attempt_id, graph_node_id, value, maximum))

    @property
    def pending(self) -> list[AttemptId]:
        return [attempt_id for attempt_id, state in self.states.items() if isinstance(state, Pending)]

    def finish(self, attempt_id: AttemptId) -> None:
        """Its picture is there."""
        self._end(attempt_id, Succeeded((OutputFile(f"{attempt_id}.png", "vibes", "output"),) * self.saves))

    def break_down(self, attempt_id: AttemptId, message: str) -> None:
        self._end(attempt_id, Errored(message))

    def interrupt(self, attempt_id: AttemptId) -> None:
        """Somebody else does, at the machine."""
        self._end(attempt_id, Interrupted())

    def _end(self, attempt_id: AttemptId, state: Whereabouts) -> None:
        self.states[attempt_id] = state
        self.tell(AttemptEnded(attempt_id))
        if self.pending and not self.running:
            self._begin(self.pending[0])

    def _begin(self, attempt_id: AttemptId) -> None:
        self.states[attempt_id] = Running()
        self.tell(AttemptStarted(attempt_id))
        if self.error is not None:
            self.break_down(attempt_id, self.error)
        elif self.instant:
            self.finish(attempt_id)

    def forget_everything(self) -> None:
        """As after a restart."""
        self.restart_unheard()
        self.tell(NodeConnected())

    def restart_unheard(self) -> None:
        """It is a new process, and nobody noticed the old one go."""
        self.states.clear()
        self.number = 0
        self.wedged = False

    def unwedge(self) -> None:
        """Its worker was only slow."""
        self.wedged = False
        if self.pending and not self.running:
            self._begin(self.pending[0])

    def unplug(self) -> None:
        self.reachable = False
        self.tell_connected()

    def tell_connected(self) -> None:
        """Its event stream is there anew, so that the hub looks at once how it is."""
        self.tell(NodeConnected())

    async def check(self) -> NodeVitals:
        await self._while_frozen()
        self._require_reachable()
        self.checks += 1
        if self.missed_checks:
            self.missed_checks -= 1
            raise NodeUnreachable("no answer in time")
        queue = NodeQueue(running=tuple(self.running), pending=tuple(self.pending))
        free, memory = 8 * 1024**3, self.memory
        return NodeVitals(queue=queue, vram_free_bytes=free, response_ms=self.response_ms, memory=memory)

    async def discover(self) -> ComfyUIInventory:
        await self._while_frozen()
        self._require_reachable()
        self.graphs_for_it.inventory = ComfyUIInventory(
            version="0.33.0",
            device_name="cuda:0 NVIDIA GeForce RTX 3060 (simulated)",
            simulated=True,
            vram_total_bytes=12 * 1024**3,
            graph_node_classes=CLASSES,
            files=self.files,
            samplers=SAMPLERS,
            schedulers=frozenset({"normal", "karras"}),
            supports_jobs_api=True,
        )
        return self.graphs_for_it.inventory

    async def bring(self, image: InputImage) -> None:
        await self._while_frozen()
        self._require_reachable()
        name = f"{image.digest}.png"
        self.uploads.append(name)
        self.graphs_for_it.uploads.note(image, f"vibes/{name}")

    async def submit(self, attempt_id: AttemptId, sent: Graph) -> float:
        await self._while_frozen()
        self._require_reachable()
        self.tries += 1
        if self.refusal is not None:
            self.forget_images()
            raise self.refusal
        self.posts.append(attempt_id)
        self._break_on_a_prompt(always=self.breaks_at_prompts)
        if self.posts_lost:
            self.posts_lost -= 1
            raise NodeUnclear("no answer in time")
        self.graphs[attempt_id] = sent
        if self.running or self.wedged:
            self.states[attempt_id] = Pending(0)
        else:
            self._begin(attempt_id)
        if self.answers_lost:
            self.answers_lost -= 1
            raise NodeUnclear("no answer in time")
        self.number += 1
        return float(self.number)

    def _break_on_a_prompt(self, *, always: bool = False) -> None:
        if always or self.broken_answers:
            self.broken_answers = max(self.broken_answers - 1, 0)
            raise NodeUnclear("answered 500 Internal Server Error", code=NODE_BROKE)

    async def rehearse(self) -> None:
        await self._while_frozen()
        self._require_reachable()
        self._break_on_a_prompt()
        if self.refusal is not None:
            raise self.refusal

    async def find(self, attempt_id: AttemptId, sent: Graph | None = None, *, ended: bool = False) -> Whereabouts:
        await self._while_frozen()
        self._require_reachable()
        self.asked += 1
        if self.nonsense:
            raise NodeMisbehaved("answered 200 OK: expected JSON, got <html>")
        return self.states.get(attempt_id, Absent())

    async def fetch(self, output: OutputFile, sent: Graph | None = None) -> bytes:
        await self._while_frozen()
        self._require_reachable()
        if self.hold_fetch is not None:
            await self.hold_fetch.wait()
        if self.files_gone:
            self.files_gone -= 1
            raise OutputGone(f"the image {output.filename} is no longer there")
        owner = AttemptId(output.filename.removesuffix(".png"))
        if self.swaps:
            self.swaps -= 1
            owner = next(each for each in self.graphs if each != owner)
        picture = with_text(self.image, "prompt", json.dumps(self.graphs[owner])) if self.signs else self.image
        return picture if sent is None else own(picture, sent)

    async def cancel(self, attempt_id: AttemptId) -> None:
        await self._while_frozen()
        self._require_reachable()
        await self._while_held()
        self.cancelled.append(attempt_id)
        if isinstance(self.states.get(attempt_id), Pending | Running):
            self._end(attempt_id, Interrupted())

    async def take_back(self, attempt_id: AttemptId) -> bool:
        await self._while_frozen()
        self._require_reachable()
        if isinstance(self.states.get(attempt_id), Pending):
            del self.states[attempt_id]
            self.taken_back.append(attempt_id)
        return attempt_id not in self.states

    async def free(self) -> None:
        await self._while_frozen()
        self._require_reachable()
        await self._while_held()
        self.freed += 1

    async def events(self) -> AsyncIterator[NodeEvent]:
        yield NodeConnected()
        while True:
            yield await self._events.get()

    async def close(self) -> None:
        self.closed = True

    async def _while_held(self) -> None:
        if self.hold_orders is not None:
            await self.hold_orders.wait()

    def _require_reachable(self) -> None:
        if not self.reachable:
            raise NodeUnreachable("cannot connect")


class FakeFleet:
    """Makes the fake nodes and keeps them by id, so that a test can reach for one."""

    def __init__(self, *, instant: bool = True) -> None:
        self.nodes: dict[str, FakeNode] = {}
        self._instant = instant

    def __call__(self, config: NodeConfig) -> FakeNode:
        node = self.nodes[config.id] = FakeNode(config, instant=self._instant)
        return node

    def __getitem__(self, node_id: str) -> FakeNode:
        return self.nodes[node_id]


class SameMachines(FakeFleet):
    """The machines of an earlier fleet, as a restarted hub finds them."""

    def __init__(self, before: Mapping[str, FakeNode], *, instant: bool = True) -> None:
        super().__init__(instant=instant)
        self._before = before

    def __call__(self, config: NodeConfig) -> FakeNode:
        node = super().__call__(config)
        if config.id in self._before:
            node.states, node.graphs = self._before[config.id].states, self._before[config.id].graphs
        return node
