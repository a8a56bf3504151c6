"""What the hub has of a machine: questions over a line that delays, loses and garbles, and a stream of events."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tests.simulation.fleet import PRICES
from tests.simulation.machine import GIBIBYTE, Machine
from tests.takes_graphs import TakesGraphs
from vibes.domain.errors import (
    ENDLESS_OUTPUT,
    NODE_BROKE,
    NodeError,
    NodeMisbehaved,
    NodeUnclear,
    NodeUnreachable,
    OutputGone,
    OutputRefused,
    PromptRejected,
)
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeConnected, NodeDisconnected, NodeEvent
from vibes.domain.nodes.node import NodeVitals
from vibes.domain.nodes.outcome import Absent, OutputFile, Whereabouts
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.complaints import GraphFailure
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.comfyui.orders.origin import own
from vibes.ports.orders import InputImage

T = TypeVar("T")

ANSWER_SECONDS, CHECK_SECONDS = 30.0, 10.0
"""The ComfyUI adapter's limits."""
CANCEL_SECONDS = 30.0


@dataclass
class Line:
    """What happens between hub and machine."""

    cut: bool = False
    """Nobody gets through, and the event stream is gone."""
    slow: bool = False
    """Every answer takes seconds, some longer than anybody waits."""
    no_sockets: bool = False
    """The hub's process may open no more: only half of the questions find a line that is open already."""
    posts_lost: int = 0
    answers_lost: int = 0
    posts_late: int = 0
    """Prompts that arrive when the hub has given up the wait for their answer."""
    nonsense: int = 0
    broken_500: int = 0
    views_swapped: int = 0
    views_gone: int = 0
    views_cut: int = 0
    views_endless: int = 0
    events_lost: float = 0.0
    events_twice: float = 0.0
    events_shuffled: float = 0.0
    """Parts of all events: lost, told twice, or told late, behind others."""

    def strikes(self, name: str) -> bool:
        left = int(getattr(self, name))
        setattr(self, name, max(left - 1, 0))
        return left > 0


class SimulatedNode(TakesGraphs):
    """Implements the port ``GeneratorNode`` as the ComfyUI adapter does: the same steps, errors and patience."""

    def __init__(self, machine: Machine, line: Line, chance: random.Random) -> None:
        self._machine, self._line, self._chance = machine, line, chance
        self._charges = machine.name in PRICES
        self.graphs_for_it = GraphsForNode()
        self._closed = False

    @property
    def charges(self) -> bool:
        return self._charges

    async def check(self) -> NodeVitals:
        clock = asyncio.get_running_loop().time
        began = clock()
        queue = await self._ask(lambda: self._machine.queued, within=CHECK_SECONDS)
        seconds = clock() - began
        memory = self._machine.memory
        return NodeVitals(queue=queue, vram_free_bytes=8 * GIBIBYTE, response_ms=1000 * seconds, memory=memory)

    async def discover(self) -> ComfyUIInventory:
        self.graphs_for_it.inventory = await self._ask(self._machine.inventory)
        return self.graphs_for_it.inventory

    async def bring(self, image: InputImage) -> None:
        name = f"vibes/{image.digest}.png"
        await self._post(lambda: self._machine.inputs.add(name))
        self.graphs_for_it.uploads.note(image, name)

    async def submit(self, attempt_id: AttemptId, sent: Graph) -> float:
        try:
            return await self._post(lambda: self._machine.post(attempt_id, sent), prompt=True)
        except PromptRejected:
            self.forget_images()
            raise

    async def rehearse(self) -> None:
        await self._post(lambda: None)

    async def find(self, attempt_id: AttemptId, sent: Graph | None = None, *, ended: bool = False) -> Whereabouts:
        found = await self._find(attempt_id, ended=ended)
        return self.graphs_for_it.explained(found, sent) if isinstance(found, GraphFailure) else found

    async def _find(self, attempt_id: AttemptId, *, ended: bool) -> Whereabouts | GraphFailure:
        if ended:
            found = await self._ask(lambda: self._machine.whereabouts_in_history(attempt_id))
            if not isinstance(found, Absent):
                return found
        place = await self._ask(lambda: self._machine.whereabouts_in_queue(attempt_id))
        if place is not None:
            return place
        return await self._ask(lambda: self._machine.whereabouts_in_history(attempt_id))

    async def fetch(self, output: OutputFile, sent: Graph | None = None) -> bytes:
        line, place = self._line, (output.subfolder, output.filename)
        if line.strikes("views_gone"):
            self._machine.folder.files.pop(place, None)
        if line.strikes("views_endless"):
            raise OutputRefused("the answer is larger than 64 MiB", code=ENDLESS_OUTPUT)
        others = [each for each in self._machine.folder.files if each != place]
        if (
            others and not self._machine.faults.unsigned and line.strikes("views_swapped")
        ):  # unsigned: nobody could tell
            place = others[-1]
        picture = await self._ask(lambda: self._machine.picture(place))
        if picture is None:
            raise OutputGone(f"the image {output.filename} is no longer there")
        content = picture[: len(picture) // 2] if line.strikes("views_cut") else picture
        return content if sent is None else own(content, sent)

    async def cancel(self, attempt_id: AttemptId) -> None:
        loop = asyncio.get_running_loop()
        give_up_at, pause = loop.time() + CANCEL_SECONDS, 0.05
        while await self._drop(attempt_id):
            if loop.time() >= give_up_at:
                raise NodeUnclear(f"{attempt_id} still runs after its cancel")
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)

    async def _drop(self, attempt_id: AttemptId) -> bool:
        queue = await self._ask(lambda: self._machine.queued)
        if attempt_id in queue.pending:
            await self._post(lambda: self._machine.delete(attempt_id))
        if attempt_id in queue.running:
            await self._post(lambda: self._machine.interrupt(attempt_id))
        return attempt_id in (*queue.pending, *queue.running)

    async def take_back(self, attempt_id: AttemptId) -> bool:
        if attempt_id in (await self._ask(lambda: self._machine.queued)).pending:
            await self._post(lambda: self._machine.delete(attempt_id))
        return isinstance(await self.find(attempt_id), Absent)

    async def free(self) -> None:
        await self._post(self._machine.unload)

    async def close(self) -> None:
        self._closed = True

    async def events(self) -> AsyncIterator[NodeEvent]:
        told = False
        while True:
            if self._machine.up and not self._line.cut:
                stream = _Stream(self._machine, self._line, self._chance)
                try:
                    yield NodeConnected()
                    async for event in stream.events():
                        yield event
                finally:
                    stream.close()
                told = False
            if not told:
                told = True
                yield NodeDisconnected("the connection broke")
            await asyncio.sleep(self._chance.uniform(0.5, 5))

    async def _ask(self, question: Callable[[], T], *, within: float = ANSWER_SECONDS) -> T:
        def answer() -> T:
            if self._line.strikes("nonsense"):
                raise NodeMisbehaved("answered 200 OK: expected JSON, got <html>")
            return question()

        return await self._exchange(answer, NodeUnreachable, within=within)

    async def _post(self, order: Callable[[], T], *, prompt: bool = False) -> T:
        def answer() -> T:
            if self._line.strikes("broken_500"):
                raise NodeUnclear("answered 500 Internal Server Error", code=NODE_BROKE)
            return order()

        if prompt and self._line.strikes("posts_lost"):
            return await self._exchange(None, NodeUnclear)
        late = ANSWER_SECONDS + self._chance.uniform(0, 8) if prompt and self._line.strikes("posts_late") else 0.0
        lost = prompt and self._line.strikes("answers_lost")
        return await self._exchange(answer, NodeUnclear, late=late, answered=not lost)

    async def _exchange(
        self,
        act: Callable[[], T] | None,
        doubt: type[NodeError],
        *,
        within: float = ANSWER_SECONDS,
        late: float = 0.0,
        answered: bool = True,
    ) -> T:
        """``act`` is done on the machine. None: what is sent never arrives there."""
        machine, agenda = self._machine, self._machine.agenda
        if self._closed:
            raise NodeUnreachable("the hub has let go of this node")
        if not machine.up or self._line.cut:
            await asyncio.sleep(self._latency())
            raise NodeUnreachable("connection refused")
        if self._line.no_sockets and self._chance.random() < 0.5:
            raise NodeUnreachable("too many open files")
        awaited = _Awaited[T](doubt)

        def arrive() -> None:
            if machine.up and act is not None:
                outcome = _outcome(act)
                if answered:
                    agenda.later(self._latency(), lambda: awaited.tell(outcome))

        machine.closers.append(awaited.broke)
        agenda.later(self._latency() + late, lambda: machine.when_it_can(arrive))
        try:
            async with asyncio.timeout(within):
                return await awaited.answer
        except TimeoutError as error:
            raise doubt("no complete answer in time") from error
        finally:
            if awaited.broke in machine.closers:
                machine.closers.remove(awaited.broke)

    def _latency(self) -> float:
        if self._line.slow:
            return self._chance.choice([0.5, 2.0, 4.0, 8.0, 20.0])
        return self._chance.uniform(0.001, 0.03)


class _Awaited(Generic[T]):
    """The answer to one question, until it comes or the line breaks."""

    def __init__(self, doubt: type[NodeError]) -> None:
        self.answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._doubt = doubt

    def tell(self, outcome: T | NodeError) -> None:
        if self.answer.done():
            return
        if isinstance(outcome, NodeError):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)

    def broke(self) -> None:
        self.tell(self._doubt("the connection broke"))


def _outcome(act: Callable[[], T]) -> T | NodeError:
    try:
        return act()
    except NodeError as refusal:
        return refusal


class _Stream:
    """One open WebSocket of a machine."""

    def __init__(self, machine: Machine, line: Line, chance: random.Random) -> None:
        self._machine, self._line, self._chance = machine, line, chance
        self._arrived: asyncio.Queue[NodeEvent | None] = asyncio.Queue()
        machine.hearers.append(self._hear)
        machine.closers.append(self._break)

    async def events(self) -> AsyncIterator[NodeEvent]:
        while (event := await self._arrived.get()) is not None:
            yield event

    def close(self) -> None:
        for mine, all_of_them in ((self._hear, self._machine.hearers), (self._break, self._machine.closers)):
            if mine in all_of_them:
                all_of_them.remove(mine)  # type: ignore[arg-type]  # each is in its own list

    def _hear(self, event: NodeEvent) -> None:
        if self._line.cut:
            self._break()
            return
        chance, line = self._chance, self._line
        if chance.random() < line.events_lost:
            return
        for _ in range(2 if chance.random() < line.events_twice else 1):
            late = chance.uniform(0, 5) if chance.random() < line.events_shuffled else chance.uniform(0.001, 0.01)
            self._machine.agenda.later(late, lambda: self._arrived.put_nowait(event))

    def _break(self) -> None:
        self.close()
        self._arrived.put_nowait(None)
