"""One order on its way through a worker's ComfyUI: brought there, followed, and stopped where it is not wanted."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from vibes.domain.attempt import Wire
from vibes.domain.errors import (
    INPUT_GONE,
    NodeError,
    NodeUnclear,
    NotFound,
    PromptRejected,
    StorageUnavailable,
)
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.outcome import (
    Absent,
    Errored,
    Interrupted,
    MaybePaid,
    Running,
    Succeeded,
    TurnedDown,
    Whereabouts,
)
from vibes.domain.nodes.worker import OrderState, WorkerOrder
from vibes.nodes.worker.handoff import brought, input_key
from vibes.nodes.worker.wire import Outcome
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore
from vibes.ports.nodes import GeneratorNode
from vibes.ports.orders import InputImage
from vibes.ports.workers.rows import WorkerDesk

_log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks at ComfyUI and at the row, where nothing is told."""
FIRST_LOOK_SECONDS = 0.2
WANTED_SECONDS = 2.0
"""For which the database may take to say whether it is still wanted."""
CANCEL_SECONDS = 3.0
"""For which ComfyUI may take to stop it; it stops after its present step."""
FRESH_SECONDS = 5.0
"""A claim is looked at once more before it is submitted where it is older: the hub may have taken it back."""
ABSENT_LOOKS = 2
"""Looks in a row that must miss it before it counts as lost."""
UNANSWERED_SECONDS = 30.0
"""For which ComfyUI may answer nothing before its order is given back."""


class Stop(Enum):
    """Why an order is stopped."""

    UNWANTED = "the hub does not want it any more"
    NOT_OURS = "it is not this worker's any more"
    LEAVING = "its worker was ended"


@dataclass(frozen=True, slots=True)
class Means:
    """What every errand needs."""

    node: GeneratorNode
    desk: WorkerDesk
    handoff: MediaStore
    clock: Clock
    deadline: float
    """Seconds that an order may take."""


class Errand:
    """``sent``: spelled in the ComfyUI's own way. ``adopted``: an earlier process has submitted it."""

    def __init__(self, order: WorkerOrder, sent: Wire, means: Means, *, adopted: bool = False) -> None:
        self.order = order
        self.sent = sent
        self.ended = False
        """Its ComfyUI has said that it is over."""
        self._means = means
        self._adopted = adopted
        self._began_at = means.clock.monotonic()
        self._started = self._told_start = order.state is OrderState.RUNNING
        self._signal = asyncio.Event()
        self._leaving = False
        self._brought_again = False
        self._absent = 0

    @property
    def id(self) -> AttemptId:
        return self.order.attempt_id

    def look(self) -> None:
        """Something has changed: look at once."""
        self._signal.set()

    def end(self) -> None:
        """ComfyUI tells that it is over."""
        self.ended = True
        self.look()

    def leave(self) -> None:
        """The worker ends: stop it, and give it back."""
        self._leaving = True
        self.look()

    async def run(self) -> Outcome | Stop:
        """Until ComfyUI has drawn it, or it is over otherwise."""
        if not self._adopted:
            end = await self._submit()
            if end is not None:
                return end
            await self._pause(FIRST_LOOK_SECONDS)
        return await self._follow()

    async def _submit(self) -> Outcome | Stop | None:
        """None: it is there, or may be."""
        try:
            missing = await self._bring()
            if missing is not None:
                return missing
            clock = self._means.clock
            if clock.monotonic() - self._began_at > FRESH_SECONDS and (stop := await self._unwanted()):
                return stop
            return await self._post()
        except PromptRejected as error:
            return Errored(message=error.message, unreadable=error.not_there, reason=_reason(error), cost_usd=0.0)
        except NodeError as error:
            return TurnedDown(message=error.message, broke=True)

    async def _bring(self) -> Outcome | None:
        node = self._means.node
        for digest in sorted(brought(self.sent)):
            try:
                image = InputImage(await self._means.handoff.get(input_key(digest)))
            except NotFound:
                return Errored(message="its input picture does not lie in the media store any more", lost_image=True)
            except StorageUnavailable as error:
                return TurnedDown(message=f"its input picture cannot be read: {error.message}")
            if not node.has(image):
                await node.bring(image)
        return None

    async def _post(self) -> Outcome | None:
        """Pictures that ComfyUI has lost meanwhile are brought once more."""
        node = self._means.node
        try:
            await node.submit(self.id, self.sent)
        except NodeUnclear as error:
            _log.info("unclear whether %s arrived: %s", self.id, error)
        except PromptRejected as error:
            if self._brought_again or error.code != INPUT_GONE:
                raise
            self._brought_again = True
            node.forget_images()
            return await self._bring() or await self._post()
        return None

    async def _follow(self) -> Outcome | Stop:
        clock = self._means.clock
        answered_at = clock.monotonic()
        while True:
            if stop := Stop.LEAVING if self._leaving else await self._unwanted():
                return await self._stop(stop)
            try:
                found = await self._means.node.find(self.id, self.sent, ended=self.ended)
            except NodeError as error:
                if clock.monotonic() - answered_at > UNANSWERED_SECONDS:
                    return TurnedDown(message=f"its ComfyUI does not answer: {error}", broke=True, died=self._started)
            else:
                answered_at = clock.monotonic()
                if end := await self._end_by(found):
                    return end
            if clock.monotonic() - self._began_at > self._means.deadline:
                return await self._stop(Errored(message=f"it took longer than {self._means.deadline:g} s"))
            await self._pause(LOOK_SECONDS)

    async def _end_by(self, found: Whereabouts) -> Outcome | None:
        """Whether where it was found is its end."""
        self._absent = self._absent + 1 if isinstance(found, Absent) else 0
        match found:
            case Running():
                await self._begins()
            case Absent() if self._absent >= ABSENT_LOOKS:
                lost = "its ComfyUI was restarted" if self._started else "its ComfyUI does not know it"
                return TurnedDown(message=lost, broke=True, died=self._started)
            case Succeeded() | Errored() | TurnedDown() | Interrupted() | MaybePaid():
                return found
        return None

    async def _begins(self) -> None:
        self._started = True
        if not self._told_start:
            with suppress(StorageUnavailable):  # then it is told at the next look
                await self._means.desk.started(self.order)
                self._told_start = True

    async def _unwanted(self) -> Stop | None:
        """A database that does not answer says nothing: it is drawn meanwhile."""
        try:
            async with asyncio.timeout(WANTED_SECONDS):
                wanted = await self._means.desk.wanted(self.order)
        except (StorageUnavailable, TimeoutError):
            return None
        if wanted is None:
            return Stop.NOT_OURS
        return None if wanted else Stop.UNWANTED

    async def _stop(self, outcome: Outcome | Stop) -> Outcome | Stop:
        """It may have been drawn in the meantime, which nobody waits for any more."""
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                await self._means.node.cancel(self.id)
        except (NodeError, TimeoutError) as error:
            _log.warning("%s may still run: %s", self.id, str(error) or "it was not stopped in time")
        return outcome

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._signal.wait()
        except TimeoutError:
            return
        self._signal.clear()


def _reason(error: PromptRejected) -> str:
    return "Value not in list" if error.not_there else ""
