"""The requests that a generator carries out for the hub: a task each, and what it tells of them as events."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vibes.domain.attempt import Wire
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import AttemptEnded, AttemptPreview, AttemptProgress, AttemptStarted, NodeEvent
from vibes.domain.nodes.node import NodeQueue
from vibes.domain.nodes.outcome import Interrupted, Pending, Running, Whereabouts
from vibes.nodes.generator.orders import DRAWING

PULSE_SECONDS = 30.0
"""After so long without news of its own a picture that is being drawn shows that it still is."""
LIVELY_SECONDS = 900.0
"""But no longer than so many seconds after its last own news: then it may hang."""
REMEMBERED = 200
"""Ended requests that are remembered; the generator itself may remember more."""


@dataclass(eq=False)
class DrawnRequest:
    """One of them; also what its generator tells of it (`generators.observing.Observer`)."""

    attempt_id: AttemptId
    sent: Wire
    tell: Callable[[NodeEvent], None]
    state: Whereabouts = field(init=False, default_factory=lambda: Pending(0))
    details: dict[str, Any] = field(init=False, default_factory=dict)
    """What was told of the picture."""
    handed_in: bool = field(init=False, default=False)
    """Whether its generator has it."""
    heard_at: float = field(init=False, default=0.0)
    _progress: tuple[int, int] = field(init=False, default=(0, 1))

    def waiting(self, position: int) -> None:
        self.state = Pending(position)

    def started(self) -> None:
        self.state = Running()
        self._hear(AttemptStarted(self.attempt_id))

    def progress(self, step: int, steps: int) -> None:
        self._progress = (step, steps)
        self._hear(AttemptProgress(self.attempt_id, DRAWING, step, steps))

    def preview(self, image: bytes, media_type: str) -> None:
        self._hear(AttemptPreview(self.attempt_id, media_type, image))

    def result(self, details: Mapping[str, Any]) -> None:
        self.details.update(details)

    def pulse(self) -> None:
        """It goes on, although there is no news of it."""
        lively = asyncio.get_running_loop().time() - self.heard_at < LIVELY_SECONDS
        if isinstance(self.state, Running) and lively:
            self.tell(AttemptProgress(self.attempt_id, DRAWING, *self._progress))

    def _hear(self, event: NodeEvent) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        self.tell(event)


Draw = Callable[[DrawnRequest], Awaitable[Whereabouts]]
"""Draws its picture and answers how that ended; raises nothing but CancelledError."""


class DrawnRequests:
    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._requests: OrderedDict[AttemptId, DrawnRequest] = OrderedDict()
        self._tasks: dict[AttemptId, asyncio.Task[None]] = {}
        self.events: asyncio.Queue[NodeEvent] = asyncio.Queue()

    def begin(self, attempt_id: AttemptId, sent: Wire) -> None:
        request = DrawnRequest(attempt_id, sent, self.events.put_nowait)
        self._requests[attempt_id] = request
        self._tasks[attempt_id] = asyncio.create_task(self._carry_out(request), name=f"draw {attempt_id}")
        self._forget_old()

    def get(self, attempt_id: AttemptId) -> DrawnRequest | None:
        return self._requests.get(attempt_id)

    def withdraw(self, attempt_id: AttemptId) -> bool:
        """Whether it will never begin, since its generator was not even handed it yet."""
        request, task = self._requests.get(attempt_id), self._tasks.get(attempt_id)
        if request is None or task is None or request.handed_in:
            return False
        task.cancel()
        self.forget(attempt_id)
        return True

    def forget(self, attempt_id: AttemptId) -> None:
        """It was taken back and never began."""
        self._requests.pop(attempt_id, None)

    @property
    def queue(self) -> NodeQueue:
        open_ones = [self._requests[each] for each in self._tasks if each in self._requests]
        return NodeQueue(
            running=tuple(each.attempt_id for each in open_ones if isinstance(each.state, Running)),
            pending=tuple(each.attempt_id for each in open_ones if isinstance(each.state, Pending)),
        )

    async def stop(self) -> None:
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, request: DrawnRequest) -> None:
        drawing = asyncio.ensure_future(self._draw(request))
        try:
            while not (await asyncio.wait({drawing}, timeout=PULSE_SECONDS))[0]:
                request.pulse()
            request.state = drawing.result()
        except asyncio.CancelledError:
            drawing.cancel()
            await asyncio.gather(drawing, return_exceptions=True)
            request.state = Interrupted()
            raise
        finally:
            self._tasks.pop(request.attempt_id, None)
            self.events.put_nowait(AttemptEnded(request.attempt_id))

    def _forget_old(self) -> None:
        for attempt_id in [*self._requests][: max(len(self._requests) - REMEMBERED, 0)]:
            if attempt_id not in self._tasks:
                del self._requests[attempt_id]
