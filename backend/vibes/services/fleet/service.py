"""What people see of the nodes and do with them: show, drain, resume, unload models.

A drained node gets nothing new until a person resumes it, or until the time that they said, since its owner needs it
for something else. A drain belongs to the node's id and outlasts restarts of the hub and a time out of gpus.yaml: a
node that stays idle by mistake is easily resumed, but work on a machine that its owner took back disturbs the owner.
One that is resumed in its owner's hours is lent for the rest of them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from vibes.domain.errors import Conflict, DocumentProblem, InvalidRequest
from vibes.domain.ids import NodeId
from vibes.domain.nodes.card_memory import memory_reason
from vibes.domain.nodes.handing_back import Drain, Loan
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.owner_hours import WhenNeeded
from vibes.domain.nodes.status import NodeStatus
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.fleet.config_follower import Fleet
from vibes.services.fleet.file_names import FleetNames
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode

LONGEST_DRAIN = timedelta(days=365)


class FleetService:
    """Methods with a node's id raise NotFound, with near names, for an unknown one."""

    def __init__(self, storage: Storage, supervisor: NodeSupervisor, config: Fleet, clock: Clock) -> None:
        self._storage = storage
        self._supervisor = supervisor
        self._config = config
        self._clock = clock

    async def load_drains(self) -> None:
        """Call it before the first node is watched."""
        for node_id, word in (await self._storage.drains.all()).items():
            self._supervisor.keep(node_id, word)

    def nodes(self) -> list[NodeStatus]:
        """In the order of ``gpus.yaml``."""
        return [_status_of(node) for node in self._supervisor.nodes.values()]

    def node(self, node_id: NodeId) -> NodeStatus:
        return _status_of(self._supervisor.get(node_id))

    @property
    def listed(self) -> int:
        """How many ``gpus.yaml`` lists; others may have joined by themselves."""
        return self._config.listed

    @property
    def config_problems(self) -> Sequence[DocumentProblem]:
        """Why the newest ``gpus.yaml`` is not used; empty when it is."""
        return self._config.problems

    def models(self, node_id: NodeId) -> Mapping[ModelFolder, list[str]]:
        """The node's own model files, each under the fleet's name.

        Raises Conflict when it has not reported them yet.
        """
        node = self._supervisor.get(node_id)
        if node.inventory is None:
            raise Conflict(f"{node_id} has not told its models yet: it is {node.state}", code="node_unavailable")
        names = FleetNames(self._supervisor.inventories)
        return {folder: names.of(node.inventory, folder) for folder in node.inventory.files}

    async def drain(
        self,
        node_id: NodeId,
        *,
        until: datetime | None = None,
        running: WhenNeeded | None = None,
        free: bool = False,
    ) -> NodeStatus:
        """Give it nothing new until `resume`, or until the given moment. Stored before it takes effect. One that is
        drained already keeps its first moment, and all else is as said now.

        ``running``: what becomes of what it has; default as gpus.yaml says. ``free``: unload its models once it is
        idle. Raises InvalidRequest for a moment that is not to come within a year.
        """
        watch, now = self._supervisor.get(node_id), self._clock.now()
        if until is not None and not now < until <= now + LONGEST_DRAIN:
            raise InvalidRequest(f"until is to come, within {LONGEST_DRAIN.days} days: it is {now:%Y-%m-%d %H:%M} UTC")
        before = watch.ownership.word
        since = before.since if isinstance(before, Drain) else now
        until = until and until.astimezone(UTC)
        drain = Drain(since=since, until=until, running=running or watch.config.when_needed, free=free)
        await self._storage.drains.put(node_id, drain)
        return _status_of(self._supervisor.drain(node_id, drain))

    async def resume(self, node_id: NodeId) -> NodeStatus:
        """Give it work again, for the rest of its owner's hours if it is these. Stored before it takes effect."""
        ownership, now = self._supervisor.get(node_id).ownership, self._clock.now()
        mine = ownership.by_hours
        if mine is None:
            await self._storage.drains.remove(node_id)
            return _status_of(self._supervisor.resume(node_id))
        loan = Loan(since=now, until=mine.end)
        await self._storage.drains.put(node_id, loan)
        return _status_of(self._supervisor.say(node_id, loan))

    async def forget_what_is_over(self) -> None:
        """Of drains and loans that have ended, which hold no longer anyway."""
        for node_id, watch in self._supervisor.nodes.items():
            if watch.ownership.over:
                await self._storage.drains.remove(node_id)
                if watch.ownership.over:  # nobody has said anything meanwhile
                    self._supervisor.resume(node_id)

    async def free(self, node_id: NodeId) -> NodeStatus:
        """Ask the node to unload its models. Raises Conflict when it cannot be reached, or does not answer for some
        seconds."""
        return _status_of(await self._supervisor.free(node_id))


def _status_of(node: WatchedNode) -> NodeStatus:
    held, coming = node.ownership.held, node.ownership.next
    others, needs, families = node.memory.others, node.config.memory_needs, node.config.capabilities
    taken = bool(families) and all(needs.lacks(others, each) for each in families)
    pause = node.pause_reason or (memory_reason(others) if taken else None)
    return NodeStatus(
        config=node.config,
        state=node.state,
        since=node.since,
        reason=node.reason,
        pause=pause if node.state.takes_work else None,
        healthy=node.state.takes_work and not node.paused_for and not taken,
        reachable=node.reachable,
        inventory=node.inventory,
        vitals=node.vitals,
        last_error=node.last_error,
        foreign_queue_length=node.foreign_queue_length,
        unreadable=node.unreadable.sentences(),
        cost=node.cost,
        charges=node.charges,
        seen_at=node.seen_at,
        spared=not node.breaker.closed,
        others_memory_bytes=others.held,
        lent_from=None if held is None else held.spell.end,
        owned_from=None if held is not None or coming is None else coming.begin,
    )
