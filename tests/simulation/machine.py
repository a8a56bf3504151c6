"""A ComfyUI as a state machine: one worker, a queue, a history, files; and everything that may be wrong with it."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.fakes import CLASSES, FILES, SAMPLERS
from tests.simulation.pictures import drawn
from tests.simulation.virtual_time import Agenda
from vibes.domain.errors import INPUT_GONE, NOT_LISTED, PromptRejected
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.card_memory import CardMemory
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptProgress,
    AttemptStarted,
    GraphNodeStarted,
    NodeEvent,
    QueueLength,
)
from vibes.domain.nodes.node import ModelFolder, NodeQueue
from vibes.domain.nodes.outcome import Absent, Interrupted, OutputFile, Pending, Running, Succeeded, Whereabouts
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.complaints import GraphFailure
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory

STEPS = 2
SAVING_SECONDS = 0.05
"""Between a file's name being chosen and the file: another ComfyUI with the same folder may choose the same."""
GIBIBYTE = 1024**3


@dataclass(eq=False)
class Prompt:
    id: str
    graph: Graph
    """Empty: somebody else's."""


class OutputFolder:
    """Of one ComfyUI, or of several that were started in one checkout."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], Graph] = {}

    def free_name(self, prefix: str) -> tuple[str, str]:
        """As ComfyUI counts: one more than what lies there with this prefix."""
        subfolder, _, stem = prefix.rpartition("/")
        number = sum(folder == subfolder and name.startswith(f"{stem}_") for folder, name in self.files)
        return subfolder, f"{stem}_{number + 1:05}_.png"


@dataclass
class Faults:
    """Counted ones strike so often; see `SimulatedNode` for those of the line."""

    errors: int = 0
    out_of_memory: int = 0
    unreadable: int = 0
    """Prompts whose checkpoint cannot be read."""
    refusals: int = 0
    """Prompts that the node's own validation refuses."""
    unsigned: bool = False
    """Pictures carry no graph."""
    slow_loads: bool = False


@dataclass(eq=False)
class Machine:
    name: str
    agenda: Agenda
    chance: random.Random
    folder: OutputFolder
    tell_story: Callable[[str], None]
    swiftness: float = 1.0
    up: bool = True
    frozen: bool = False
    wedged: bool = False
    game_gigabytes: float = 0.0
    """Of its memory, held by another program."""
    faults: Faults = field(default_factory=Faults)
    queue: list[Prompt] = field(default_factory=list)
    running: Prompt | None = None
    history: dict[str, Whereabouts | GraphFailure] = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)
    cache: list[tuple[str, Graph, tuple[str, str]]] = field(default_factory=list)
    """What its process has drawn, for which prompts and into which files: the same graph again is answered with the
    same file, whatever has become of it, as a ComfyUI does."""
    recalled: list[str] = field(default_factory=list)
    """Prompts that were answered with the file of another one."""
    resident: str | None = None
    number: int = 0
    files: dict[ModelFolder, frozenset[str]] = field(default_factory=lambda: dict(FILES))
    hearers: list[Callable[[NodeEvent], None]] = field(default_factory=list)
    """Open event streams."""
    closers: list[Callable[[], None]] = field(default_factory=list)
    """What is cut when the process ends."""
    received: Counter[str] = field(default_factory=Counter)
    """How often each prompt was sent to it and not refused."""
    drawn: Counter[str] = field(default_factory=Counter)
    charged: Counter[str] = field(default_factory=Counter)
    """Prompts that it has begun: where it costs, each of these times is paid for."""
    foreign: set[str] = field(default_factory=set)
    _held: list[Callable[[], None]] = field(default_factory=list)
    _life: int = 0

    def inventory(self) -> ComfyUIInventory:
        return ComfyUIInventory(
            version="0.33.0",
            device_name=f"cuda:0 {self.name} (simulated)",
            simulated=True,
            vram_total_bytes=12 * GIBIBYTE,
            graph_node_classes=CLASSES,
            files=self.files,
            samplers=SAMPLERS,
            schedulers=frozenset({"normal", "karras"}),
            supports_jobs_api=True,
        )

    @property
    def memory(self) -> CardMemory:
        model = 2 * GIBIBYTE if self.resident else 0
        others = round((0.5 + self.game_gigabytes) * GIBIBYTE)
        total = 16 * GIBIBYTE
        return CardMemory(total=total, free=total - others - model, torch_total=model, torch_free=0, all_told=True)

    @property
    def queued(self) -> NodeQueue:
        running = (self.running.id,) if self.running else ()
        return NodeQueue(running=running, pending=tuple(each.id for each in self.queue))

    def post(self, prompt_id: str, graph: Graph) -> float:
        self.tell_story(f"{self.name} receives {prompt_id}")
        if graph and self.faults.refusals:
            self.faults.refusals -= 1
            raise PromptRejected("value not in list: ckpt_name", code=NOT_LISTED)
        wanted = {node["inputs"]["image"] for node in graph.values() if node["class_type"] == "LoadImage"}
        if wanted - self.inputs:
            raise PromptRejected("Invalid image file", code=INPUT_GONE)
        self.received[prompt_id] += 1
        self.number += 1
        self.queue.append(Prompt(prompt_id, graph))
        self._news()
        self._work()
        return float(self.number)

    def somebody_else_posts(self, prompt_id: str) -> None:
        if self.up:
            self.foreign.add(prompt_id)
            self.post(prompt_id, {})

    def whereabouts_in_queue(self, prompt_id: str) -> Whereabouts | None:
        if self.running is not None and self.running.id == prompt_id:
            return Running()
        waiting = [each.id for each in self.queue]
        return Pending(waiting.index(prompt_id)) if prompt_id in waiting else None

    def whereabouts_in_history(self, prompt_id: str) -> Whereabouts | GraphFailure:
        return self.history.get(prompt_id, Absent())

    def delete(self, prompt_id: str) -> None:
        self.queue = [each for each in self.queue if each.id != prompt_id]
        self._news()

    def interrupt(self, prompt_id: str | None = None) -> None:
        """None: whatever runs, as the button on the node's own page does."""
        if self.running is not None and prompt_id in {None, self.running.id}:
            self._end(self.running, Interrupted())

    def kill(self) -> None:
        self.tell_story(f"{self.name} dies")
        self.up = self.frozen = False
        self._life += 1
        self.queue, self.running, self.history, self.number = [], None, {}, 0
        self.wedged = False
        self.unload()
        self._held.clear()
        closers, self.closers = self.closers, []
        for close in closers:
            close()

    def start(self) -> None:
        if not self.up:
            self.tell_story(f"{self.name} is back")
            self.up = True

    def unload(self) -> None:
        self.resident = None
        self.cache.clear()

    def freeze(self) -> None:
        self.tell_story(f"{self.name} freezes")
        self.frozen = True

    def thaw(self) -> None:
        if self.frozen:
            self.tell_story(f"{self.name} thaws")
            self.frozen = False
            held, self._held = self._held, []
            for act in held:
                self.when_it_can(act)

    def unwedge(self) -> None:
        if self.wedged:
            self.wedged = False
            self._work()

    def when_it_can(self, act: Callable[[], None]) -> None:
        """Now, or when it is not frozen any more."""
        if self.frozen:
            self._held.append(act)
        else:
            act()

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        life = self._life

        def still() -> None:
            if life == self._life:
                act()

        self.agenda.later(seconds, lambda: self.when_it_can(still) if life == self._life else None)

    def _tell(self, event: NodeEvent) -> None:
        for hear in list(self.hearers):
            hear(event)

    def _news(self) -> None:
        self._tell(QueueLength(self.queued.length))

    def _work(self) -> None:
        if self.running is not None or self.wedged or not self.queue:
            return
        prompt = self.running = self.queue.pop(0)
        self.charged[prompt.id] += bool(prompt.graph)
        self.drawn[prompt.id] += 1
        if not prompt.graph:
            self._later(self.chance.uniform(1, 12), partial(self._done, prompt))
            return
        self._tell(AttemptStarted(AttemptId(prompt.id)))
        self.tell_story(f"{self.name} begins {prompt.id}")
        loader = next((key for key, node in prompt.graph.items() if "ckpt_name" in node["inputs"]), None)
        checkpoint = prompt.graph[loader]["inputs"]["ckpt_name"] if loader else None
        seconds = 0.0
        if checkpoint is not None and checkpoint != self.resident:
            self._tell(GraphNodeStarted(AttemptId(prompt.id), str(loader)))
            seconds = self.chance.uniform(100, 160) if self.faults.slow_loads else self.chance.uniform(1, 6)
        self._later(seconds, partial(self._loaded, prompt, checkpoint, 0))

    def _loaded(self, prompt: Prompt, checkpoint: str | None, step: int) -> None:
        if self.running is not prompt:
            return
        if step == 0 and checkpoint is not None:
            if self.faults.unreadable and checkpoint != self.resident:
                self.faults.unreadable -= 1
                self._end(prompt, self._unreadable(prompt))
                return
            self.resident = checkpoint
        sampler = next((key for key, node in prompt.graph.items() if "seed" in node["inputs"]), "1")
        if step:
            self._tell(AttemptProgress(AttemptId(prompt.id), sampler, step, STEPS))
        if step < STEPS:
            pause = self.chance.uniform(0.3, 2.5) / self.swiftness
            self._later(pause, partial(self._loaded, prompt, checkpoint, step + 1))
        else:
            self._later(0.01, partial(self._done, prompt))

    def _done(self, prompt: Prompt) -> None:
        if self.running is not prompt:
            return
        if not prompt.graph:
            self._end(prompt, Succeeded(()))
        elif self.faults.out_of_memory:
            self.faults.out_of_memory -= 1
            self._end(prompt, GraphFailure("CUDA out of memory", "KSampler", out_of_memory=True))
        elif self.faults.errors:
            self.faults.errors -= 1
            self._end(prompt, GraphFailure("CUDA error: an illegal memory access", "KSampler", out_of_memory=False))
        else:
            self._save(prompt)

    def _save(self, prompt: Prompt) -> None:
        prefixes = [
            node["inputs"]["filename_prefix"] for node in prompt.graph.values() if "filename_prefix" in node["inputs"]
        ]
        before = next(((of, place) for of, graph, place in self.cache if graph == prompt.graph), None)
        if before is not None:
            if prefixes and before[0] != prompt.id:  # without one it is a warm-up, of which nothing is fetched
                self.recalled.append(prompt.id)
            self._answer_with(prompt, before[1])
            return
        place = self.folder.free_name(prefixes[0] if prefixes else f"temp/{prompt.id}")
        self._later(SAVING_SECONDS, partial(self._stored, prompt, place))

    def _stored(self, prompt: Prompt, place: tuple[str, str]) -> None:
        if self.running is prompt:
            self.folder.files[place] = prompt.graph
            self.cache.append((prompt.id, prompt.graph, place))
            self._answer_with(prompt, place)

    def _answer_with(self, prompt: Prompt, place: tuple[str, str]) -> None:
        self._end(prompt, Succeeded((OutputFile(place[1], place[0], "output"),)))

    def _end(self, prompt: Prompt, state: Whereabouts | GraphFailure) -> None:
        self.running = None
        self.history[prompt.id] = state
        self.tell_story(f"{self.name} ends {prompt.id}: {type(state).__name__}")
        if prompt.graph:
            self._tell(AttemptEnded(AttemptId(prompt.id)))
        self._news()
        self._work()

    def _unreadable(self, prompt: Prompt) -> GraphFailure:
        loader = next(key for key, node in prompt.graph.items() if "ckpt_name" in node["inputs"])
        name = prompt.graph[loader]["inputs"]["ckpt_name"]
        words = f"Error while deserializing header of {name}: header too large"
        return GraphFailure(
            words, prompt.graph[loader]["class_type"], out_of_memory=False, graph_node_id=loader, kind="E"
        )

    def picture(self, place: tuple[str, str]) -> bytes | None:
        """None: no such file."""
        graph = self.folder.files.get(place)
        return None if graph is None else drawn(graph, signed=not self.faults.unsigned)
