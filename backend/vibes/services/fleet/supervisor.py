"""Watches every node: keeps its state and its event stream, and tells listeners."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from vibes.domain.errors import Conflict, NodeError, NotFound
from vibes.domain.events import NodeChanged
from vibes.domain.ids import NodeId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.handing_back import Drain, Word
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig, NodeState
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNode, GeneratorNodeFactory
from vibes.services.events.subscribers import Subscribers
from vibes.services.fleet.assessment import LEAVING_SECONDS
from vibes.services.fleet.event_listener import EventListener
from vibes.services.fleet.health_loop import HealthLoop
from vibes.services.fleet.watch_times import WatchTimes
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.runtime.loop import Troubles, keep_running
from vibes.text.near_names import near_name_hint

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 5.0
SETTLING_SECONDS = 5.0
"""For which the end of its attempts is awaited once it has left, so that its successor is asked about what was lost."""
AGAIN_SECONDS = 5.0
"""Until a change of the fleet that failed is tried again."""
FREE_SECONDS = 5.0
"""Seconds. ComfyUI only notes the request and unloads between two prompts; a person waits for the answer."""


class NodeListener(Protocol):
    """Is told about nodes; called inside the event loop, must not block."""

    def node_event(self, node_id: NodeId, event: NodeEvent) -> None: ...
    def node_changed(self, event: NodeChanged) -> None: ...


class _Heard(NamedTuple):
    """What a node told."""

    node_id: NodeId
    event: NodeEvent


@dataclass(frozen=True, slots=True)
class _Watched:
    watch: WatchedNode
    task: asyncio.Task[None]


class NodeSupervisor:
    """Owns a `WatchedNode` for each node, and the tasks that keep it up to date. Use as an async context manager, which
    ends them."""

    def __init__(self, factory: GeneratorNodeFactory, times: WatchTimes, clock: Clock) -> None:
        self._factory = factory
        self._times = times
        self._clock = clock
        self._wanted: Sequence[NodeConfig] = ()
        """As ``gpus.yaml`` has them, from the latest `apply` on."""
        self._changing = asyncio.Lock()
        self._watched: dict[NodeId, _Watched] = {}
        self._nodes: Mapping[NodeId, WatchedNode] | None = None
        """What `nodes` answers until the fleet changes: a plan asks for each run of each node."""
        self._leaving: dict[NodeId, asyncio.Task[None]] = {}
        """By node: what waits for the end of the work that it charges for."""
        self._words: dict[NodeId, Word] = {}
        """By node: what a person wants of it; includes nodes that are not in gpus.yaml at present."""
        self._changes: Subscribers[NodeChanged] = Subscribers()
        self._events: Subscribers[_Heard] = Subscribers()
        self.troubles = Troubles()
        """Faults in watching the nodes."""

    async def __aenter__(self) -> "NodeSupervisor":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._leaving.values():
            task.cancel()
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)
        watched, self._watched, self._nodes = self._watched, {}, None
        await asyncio.gather(*(self._stop(node_id, each) for node_id, each in watched.items()))

    def subscribe(self, listener: NodeListener) -> None:
        """From now on it is told what happens on every node, after earlier subscribers."""
        self._changes.add(listener.node_changed)
        self._events.add(lambda heard: listener.node_event(heard.node_id, heard.event))

    @property
    def nodes(self) -> Mapping[NodeId, WatchedNode]:
        """In the order of ``gpus.yaml``; it stays as it is while the fleet changes."""
        if self._nodes is None:
            self._nodes = {node_id: watched.watch for node_id, watched in self._watched.items()}
        return self._nodes

    @property
    def inventories(self) -> tuple[NodeInventory, ...]:
        """Of the enabled nodes that have answered since the hub started."""
        watches = self.nodes.values()
        return tuple(each.inventory for each in watches if each.config.enabled and each.inventory is not None)

    def get(self, node_id: NodeId) -> WatchedNode:
        watched = self._watched.get(node_id)
        if watched is None:
            raise NotFound(f"there is no node {node_id!r}{near_name_hint(node_id, self._watched)}", code="unknown_node")
        return watched.watch

    async def apply(self, configs: Sequence[NodeConfig]) -> None:
        """Make the watched fleet equal to ``configs``.

        A node with the same address keeps its work, whatever else changes; another address is another node, and what
        runs under the old one is taken back. Until the new one is watched the old one stands there as offline, so that
        nobody is told meanwhile that there is no such node. What a node charges for ends first: it gets nothing new,
        and leaves within `LEAVING_SECONDS` after this has returned.
        """
        self._wanted = tuple(configs)
        async with self._changing:
            await self._reconcile()

    async def _reconcile(self) -> None:
        """As far as the watched fleet may now become what is wanted."""
        wanted = {config.id: config for config in self._wanted}
        kept = [node_id for node_id, config in wanted.items() if self._keeps_address(config)]
        ending = [node_id for node_id in self._watched if node_id not in kept and self._ends_first(node_id)]
        staying = {*kept, *ending}
        new: dict[NodeId, GeneratorNode] = {}
        try:
            for node_id, config in wanted.items():
                if node_id not in staying:
                    new[node_id] = self._factory(config)
            for node_id in kept:
                self._watched[node_id].watch.reconfigure(wanted[node_id])
            await asyncio.gather(*(self._remove(each) for each in list(self._watched) if each not in staying))
        except BaseException:  # the hub ends, or a certificate has gone: nothing else closes what is not started
            await asyncio.gather(*(client.close() for client in new.values()))
            raise
        for node_id, client in new.items():
            self._start(wanted[node_id], client)
        self._watched = {node_id: self._watched[node_id] for node_id in dict.fromkeys([*wanted, *ending])}
        self._nodes = None

    def _ends_first(self, node_id: NodeId) -> bool:
        """Whether the node is still at something that it charges for, and has time left for that."""
        watch = self._watched[node_id].watch
        if watch.retired or not watch.active or not watch.client.charges:
            return False
        left = watch.leave(LEAVING_SECONDS)
        task = self._leaving.get(node_id)
        if left > 0 and (task is None or task.done()):
            self._leaving[node_id] = asyncio.create_task(self._see_off(watch), name=f"end of {node_id}")
        return left > 0

    async def _see_off(self, watch: WatchedNode) -> None:
        """Change the fleet as it is wanted once the node has ended its work, or has had its time."""
        while watch.leaves_in is not None and not watch.retired:
            with suppress(TimeoutError):
                async with asyncio.timeout(watch.leaves_in):
                    await watch.prompts.none_active.wait()
            try:
                async with self._changing:
                    await self._reconcile()
            except Exception:  # such as a certificate that has gone
                logger.exception("%s cannot leave the fleet yet", watch.config.id)
                await self._clock.sleep(AGAIN_SECONDS)

    def _keeps_address(self, config: NodeConfig) -> bool:
        watched = self._watched.get(config.id)
        if watched is None or watched.watch.retired:
            return False
        return _address(watched.watch.config) == _address(config)

    async def _remove(self, node_id: NodeId) -> None:
        watched = self._watched[node_id]
        watch, ours = watched.watch, watched.watch.active
        watch.retire()
        for attempt_id in ours:
            try:
                async with asyncio.timeout(CANCEL_SECONDS):
                    if watch.client.charges:  # what runs is paid for, and found again by whoever has this id next
                        await watch.client.take_back(attempt_id)
                    else:
                        await watch.client.cancel(attempt_id)
            except (NodeError, TimeoutError) as error:
                logger.warning("%s may still run %s: %s", node_id, attempt_id, error)
        await self._stop(node_id, watched)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLING_SECONDS):
                await watch.prompts.none_active.wait()

    def drain(self, node_id: NodeId, drain: Drain | None = None) -> WatchedNode:
        """Give the node nothing new until `resume`, or for as long as ``drain`` says; default from now on."""
        return self.say(node_id, drain or Drain(since=self._clock.now()))

    def resume(self, node_id: NodeId) -> WatchedNode:
        return self.say(node_id, None)

    def say(self, node_id: NodeId, word: Word | None) -> WatchedNode:
        """What a person wants of the node from now on; None: nothing but what its hours say."""
        watch = self.get(node_id)
        self.keep(node_id, word)
        watch.say(word)
        return watch

    def keep(self, node_id: NodeId, word: Word | None) -> None:
        """The same, as soon as it is watched."""
        if word is None:
            self._words.pop(node_id, None)
        else:
            self._words[node_id] = word

    async def free(self, node_id: NodeId) -> WatchedNode:
        """Ask the node to unload its models; Conflict when it cannot be reached, or does not answer for some
        seconds."""
        watch = self.get(node_id)
        if not watch.reachable:
            raise _did_not_unload(node_id, f"it is {watch.state}{f': {watch.reason}' if watch.reason else ''}")
        try:
            async with asyncio.timeout(FREE_SECONDS):
                await watch.client.free()
        except NodeError as error:
            raise _did_not_unload(node_id, error.message) from error
        except TimeoutError as error:
            message = f"it did not answer within {FREE_SECONDS:g} s, and may do so later"
            raise _did_not_unload(node_id, message) from error
        watch.resident_checkpoint = None
        return watch

    def try_one_of_all(self) -> None:
        """When every node that answers is kept from work by its breaker, try the one that has been longest: one more
        lost job is better than no work at all."""
        now = self._clock.monotonic()
        working = [watch for watch in self.nodes.values() if watch.state.takes_work]
        if working and all(watch.breaker.open_for(now) > 0 for watch in working):
            longest = max(working, key=lambda watch: watch.breaker.opened_ago(now))
            if longest.breaker.opened_ago(now) >= self._times.breaker.first:
                longest.breaker.half_open(now)

    def _start(self, config: NodeConfig, client: GeneratorNode) -> None:
        watch = WatchedNode(config, client, self._times, self._clock, self._report(config.id))
        watch.say(self._words.get(config.id))
        task = asyncio.create_task(self._follow(watch), name=f"watch {config.id}")
        self._watched[config.id] = _Watched(watch, task)
        self._nodes = None

    async def _follow(self, watch: WatchedNode) -> None:
        """Check, read lists and listen, until cancelled. A disabled node is not contacted."""
        if not watch.config.enabled:
            return
        health = HealthLoop(watch, self._times, self._clock)
        listener = EventListener(watch, health, self._relay(watch.config.id))
        async with asyncio.TaskGroup() as tasks:
            for name, body in zip(_activities(watch.config.id), (health.run, listener.run), strict=True):
                tasks.create_task(keep_running(name, body, self.troubles))

    async def _stop(self, node_id: NodeId, watched: _Watched) -> None:
        watched.task.cancel()
        try:
            await asyncio.gather(watched.task, return_exceptions=True)
        finally:
            await watched.watch.client.close()
            for name in _activities(node_id):
                self.troubles.over(name)

    def _report(self, node_id: NodeId) -> Callable[[NodeChanged, NodeState], None]:
        def report(event: NodeChanged, was: NodeState) -> None:
            ordinary = event.state in {NodeState.READY, NodeState.BUSY} and was in {NodeState.READY, NodeState.BUSY}
            level = logging.DEBUG if ordinary else logging.INFO
            logger.log(level, "%s is %s%s", node_id, event.state, f": {event.reason}" if event.reason else "")
            self._changes.tell(event)

        return report

    def _relay(self, node_id: NodeId) -> Callable[[NodeEvent], None]:
        return lambda event: self._events.tell(_Heard(node_id, event))


def _activities(node_id: NodeId) -> tuple[str, str]:
    return f"health of {node_id}", f"events of {node_id}"


def _did_not_unload(node_id: NodeId, reason: str) -> Conflict:
    return Conflict(f"{node_id} did not unload its models: {reason}", code="node_unavailable")


def _address(config: NodeConfig) -> tuple[object, ...]:
    """What decides which machine an entry means, what drives it, and whether it is contacted."""
    driven = config.kind, dict(config.options), config.keys_digest
    return *driven, config.base_url, dict(config.headers), config.tls, config.enabled
