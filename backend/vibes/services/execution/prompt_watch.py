"""Asks the node about an attempt's prompt: where it is, whether it makes progress, and to take it back."""

import asyncio
import logging
from functools import partial

from vibes.domain.errors import NodeError, NodeMisbehaved
from vibes.domain.nodes.outcome import Absent, Interrupted, Whereabouts
from vibes.services.execution.attempt_journal import AttemptJournal
from vibes.services.execution.life_signs import LifeSigns
from vibes.services.execution.lost_attempts import offline, unheard
from vibes.services.execution.outcomes import Lost, TakenBack
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt

logger = logging.getLogger(__name__)

NONSENSE_ROUNDS = 3
"""Senseless answers in a row about a prompt after which it is lost."""


class PromptWatch:
    def __init__(self, journal: AttemptJournal, life: LifeSigns, take_back_limit: float) -> None:
        """``take_back_limit``: see `AttemptTimes`."""
        self._journal = journal
        self._life = life
        self._take_back_limit = take_back_limit

    async def whereabouts(self, active: ActiveAttempt, watch: WatchedNode) -> Whereabouts | Lost | None:
        """What the node says; None when it does not answer at present, Lost when it is gone or its answers make no
        sense."""
        gone = offline(active, watch)
        if gone is not None:
            return gone
        try:
            with watch.silence.question():
                async with active.question():
                    whereabouts = await watch.client.find(
                        active.id, active.sent, ended=active.measured.ended_at is not None
                    )
        except TimeoutError:
            return None  # interrupted: the attempt's marks come first
        except NodeMisbehaved as error:
            if active.hear_nonsense() < NONSENSE_ROUNDS:
                return None
            message = f"{watch.config.id} answers nonsense about it: {error.message}"
            return Lost(message=message, may_return=True, repeat=partial(watch.client.find, active.id))
        except NodeError as error:
            logger.info("%s: cannot ask for prompt %s: %s", watch.config.id, active.id, error)
            watch.check_soon()
            return None
        active.hear_sense()
        if not isinstance(whereabouts, Absent):
            active.arrive()
            self._journal.seen(active)
        return whereabouts

    def runs(self, active: ActiveAttempt, watch: WatchedNode) -> Lost | None:
        """The node says that it runs; Lost when it has shown no sign of life for too long."""
        active.start()
        self._journal.running(active)
        return self._life.missed(active, watch)

    async def take_back(self, active: ActiveAttempt, watch: WatchedNode) -> TakenBack | Lost | None:
        """Ask the node, once, to take back a waiting prompt; None: it stays there."""
        active.ask_back()
        if watch.silence.long:
            return unheard(watch)
        if active.evidence.doubtful_posts and not active.evidence.seen:
            return None  # it may still arrive
        try:
            with watch.silence.question():
                async with asyncio.timeout(self._take_back_limit):
                    given = await watch.client.take_back(active.id)
        except TimeoutError:
            return unheard(watch)
        except NodeError as error:
            logger.info("%s did not give %s back: %s", watch.config.id, active.id, error)
            return None
        return TakenBack() if given else None

    async def move_away(self, active: ActiveAttempt, watch: WatchedNode) -> TakenBack | None:
        """Have the node drop it, waiting or running; None: it may still run there, or it has just ended."""
        if active.evidence.doubtful_posts and not active.evidence.seen:
            return None  # it may still arrive
        try:
            with watch.silence.question():
                async with active.question():
                    await watch.client.cancel(active.id)
        except TimeoutError:
            return None  # interrupted: nobody wants it any more
        except NodeError as error:
            logger.info("%s did not stop %s: %s", watch.config.id, active.id, error)
            return None
        found = await self.whereabouts(active, watch)
        return TakenBack() if isinstance(found, Interrupted | Absent) else None
