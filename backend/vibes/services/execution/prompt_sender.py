"""Brings an attempt's prompt to its node: its input pictures first, then the prompt, again if it was lost on the
way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from vibes.domain.attempt import Wire
from vibes.domain.errors import (
    INPUT_GONE,
    NODE_BROKE,
    NOT_LISTED,
    NodeError,
    NodeUnclear,
    PromptRejected,
)
from vibes.domain.ids import AttemptId
from vibes.ports.orders import InputImage, Order
from vibes.services.execution.attempt_journal import AttemptJournal
from vibes.services.execution.lost_attempts import forgotten, may_have_cost
from vibes.services.execution.outcomes import Cancelled, JobFailed, Lost, Outcome, TakenBack
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.input_images import InputImages
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Wish
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

MOST_POSTS = 2
"""How often a prompt is sent while it is unknown whether it arrived; then its attempt is lost."""
BRING_ROUNDS = 3
"""How often the input pictures of a prompt are brought while the node loses others of them; then its attempt is
lost."""


class PromptSender:
    """Its methods answer how the attempt ended, or None when it goes on."""

    def __init__(
        self,
        workflows: WorkflowVersions,
        pictures: InputImages,
        journal: AttemptJournal,
        board: Board,
        take_back_limit: float,
    ) -> None:
        """``take_back_limit``: see `AttemptTimes`."""
        self._workflows = workflows
        self._pictures = pictures
        self._journal = journal
        self._board = board
        self._take_back_limit = take_back_limit

    async def prepare(self, active: ActiveAttempt, watch: WatchedNode) -> Wire | Outcome:
        """What is to be sent, its input pictures being on the node; or how the attempt ended before that."""
        spec = active.work.spec
        workflow = active.workflow = active.workflow or await self._workflows.of(spec)
        images = await self._pictures.load(workflow, spec)
        try:
            async with active.question():
                await _bring(images.values(), watch)
        except TimeoutError:  # interrupted: it is no longer wanted there, or the node takes no pictures
            match active.wish:
                case Wish.CANCEL:
                    return Cancelled()
                case Wish.TAKE_BACK | Wish.MOVE:
                    return TakenBack()
                case Wish.NONE:
                    return Lost(message=f"{watch.config.id} does not take its input picture", noted=True)
        except PromptRejected as error:
            return JobFailed(message=f"its input picture was refused: {error.message}")
        except NodeError as error:
            return Lost(message=f"{watch.config.id}: {error.message}")
        return watch.client.prepare(active.id, Order(workflow=workflow, spec=spec, images=images))

    async def submit(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome | None:
        """Send it. None also when it is unknown whether it arrived: the next look at the node tells."""
        if active.sent is None:
            raise ValueError(f"attempt {active.id} has nothing to submit")
        before = watch.last_number
        active.send(watch.boots)
        try:
            number = await self._send(active, active.sent, watch)
        except PromptRejected as error:
            active.stay_here()
            return await self._refused(active, watch, error)
        except NodeUnclear as error:
            logger.info("%s: unclear whether prompt %s arrived: %s", watch.config.id, active.id, error)
            active.doubt(error.message if error.code == NODE_BROKE else None)
            watch.check_soon()
        except NodeError as error:
            active.stay_here()
            return Lost(message=f"{watch.config.id}: {error.message}", repeat=watch.client.rehearse)
        else:
            if number is not None and watch.note_number(number, before):
                self._restarted(active, watch)
            active.arrive()
            self._journal.submitted(active, number)
        return None

    async def submit_again(self, active: ActiveAttempt, watch: WatchedNode) -> Outcome | None:
        """The node does not know the prompt. Send it once more if it was never seen there, and cost nothing if it
        arrived after all, and the node was not drained meanwhile; otherwise it is lost. It is the prompt's own fault
        only if the node was found to take others after each time that it broke on this one: a node may be unwell for a
        second."""
        known = active.evidence
        again = 0 < known.doubtful_posts < MOST_POSTS and not known.seen and not may_have_cost(active, watch)
        broke = known.broke_node
        unwell = broke is not None and not await _takes_prompts(watch)
        if again and watch.drained:
            return TakenBack()
        if again and not unwell:
            logger.info("%s never got prompt %s: sending it again", watch.config.id, active.id)
            active.send_again()
            return await self.submit(active, watch)
        if known.seen and known.boots == watch.boots:
            watch.note_restart()
            self._restarted(active, watch)
        if broke is not None and not unwell:
            return JobFailed(message=f"the node cannot take it: {broke}")
        return forgotten(active, watch, died=active.measured.running_since is not None)

    async def drop_copies(self, active: ActiveAttempt, drop: Callable[[AttemptId], Awaitable[object]]) -> None:
        """A prompt that was sent twice may arrive twice. While one copy runs no other should wait after it, since the
        node would start that at once; and once the picture is stored none should run."""
        if active.evidence.doubtful_posts < MOST_POSTS:
            return
        try:
            await drop(active.id)
        except NodeError as error:
            logger.info("%s may run %s once more: %s", active.node_id, active.id, error)

    async def _send(self, active: ActiveAttempt, sent: Wire, watch: WatchedNode) -> float | None:
        """A prefetched prompt is not urgent, and another node might take it: give up when the answer takes too long."""
        limit = self._take_back_limit if active.prefetched else None
        try:
            with watch.silence.question():
                async with asyncio.timeout(limit):
                    return await watch.client.submit(active.id, sent)
        except TimeoutError as error:
            raise NodeUnclear(f"no answer to the prompt within {limit:g} s") from error

    async def _refused(self, active: ActiveAttempt, watch: WatchedNode, error: PromptRejected) -> Outcome | None:
        """When pictures of ours are gone from the node, upload them again, once, and submit; otherwise the job has
        failed."""
        if error.code == NOT_LISTED:
            watch.doubt_lists()  # files that its lists still name then are treated as unreadable
            watch.unreadable.failed(error.not_there, "Value not in list")
        if error.code != INPUT_GONE or active.evidence.uploaded_again:
            return JobFailed(message=error.message, cost_usd=0.0)
        logger.info("%s lost the input pictures of %s: uploading them again", watch.config.id, active.id)
        prepared = await self.prepare(active, watch)
        if isinstance(prepared, Outcome):
            return prepared
        active.upload_again(prepared)
        return await self.submit(active, watch)

    def _restarted(self, active: ActiveAttempt, watch: WatchedNode) -> None:
        """This attempt was the first to show that the node restarted: the others there look at once."""
        active.outlive(watch.boots)
        self._board.ask_again(watch.config.id)


async def _takes_prompts(watch: WatchedNode) -> bool:
    """Whether it answers an empty prompt as it should."""
    try:
        await watch.client.rehearse()
    except NodeError as error:
        logger.info("%s takes no prompt at all: %s", watch.config.id, error)
        return False
    return True


async def _bring(images: Collection[InputImage], watch: WatchedNode) -> None:
    """Returns when the node has all of them at once: while one is brought, it may be found to have lost others.

    Raises NodeError when it goes on losing them.
    """
    for _ in range(BRING_ROUNDS):
        for image in images:
            await watch.bring(image)
        if all(watch.client.has(image) for image in images):
            return
    raise NodeError("it loses input pictures while others are brought")
