"""The fleet's supervisor: it answers people within seconds, and leaves nothing open."""

import asyncio
from pathlib import Path

import pytest

from tests.easel import FLEET as EASEL_FLEET
from tests.easel import Easel
from tests.fakes import FakeFleet, FakeNode
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import request
from tests.waiting import eventually
from vibes.domain.errors import Conflict
from vibes.domain.events import NodeChanged
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import NodeConnected, NodeEvent
from vibes.domain.nodes.node import NodeConfig, NodeState
from vibes.nodes.kinds import node_kinds
from vibes.ports.kinds import NodeKind, NodeKinds, only_options
from vibes.services.fleet import supervisor as node_supervisor
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watch_times import WatchTimes
from vibes.services.runtime.clock import SystemClock

FAST, SLOW = NodeId("fast"), NodeId("slow")


async def test_a_node_that_is_offline_is_not_asked_to_unload_anything(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].hold_orders = asyncio.Event()
        fleet["slow"].unplug()
        await eventually(lambda: hub.supervisor.get(SLOW).state is NodeState.OFFLINE)
        with pytest.raises(Conflict, match="slow did not unload its models: it is offline: cannot connect"):
            await hub.supervisor.free(SLOW)


async def test_a_frozen_node_that_is_asked_to_unload_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_supervisor, "FREE_SECONDS", 0.05)
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["slow"].hold_orders = asyncio.Event()
        with pytest.raises(Conflict, match=r"it did not answer within 0\.05 s, and may do so later"):
            await hub.supervisor.free(SLOW)


async def test_each_who_subscribes_is_told_although_one_before_it_breaks(tmp_path: Path) -> None:
    class Breaking:
        def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
            raise KeyError(node_id)

        def node_changed(self, event: NodeChanged) -> None:
            raise KeyError(event.node_id)

    class Noting:
        def __init__(self) -> None:
            self.events: list[NodeEvent | NodeChanged] = []

        def node_event(self, node_id: NodeId, event: NodeEvent) -> None:
            self.events.append(event)

        def node_changed(self, event: NodeChanged) -> None:
            self.events.append(event)

    noting = Noting()
    async with NodeSupervisor(FakeFleet(), WatchTimes(), SystemClock()) as supervisor:
        supervisor.subscribe(Breaking())
        supervisor.subscribe(noting)
        await supervisor.apply(parse_fleet(FLEET, "gpus.yaml", TlsFiles(tmp_path), node_kinds()))
        await eventually(lambda: {type(each) for each in noting.events} >= {NodeChanged, NodeConnected})


async def test_a_hub_that_ends_while_the_fleet_changes_closes_every_client(tmp_path: Path) -> None:
    """New clients wait for the work of a former node to be taken back, which takes seconds where that is frozen."""
    made: list[FakeNode] = []

    class Remembering(FakeFleet):
        def __call__(self, config: NodeConfig) -> FakeNode:
            made.append(super().__call__(config))
            return made[-1]

    fleet = Remembering(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        await hub.generations.submit(request(preferred_node=SLOW))
        await eventually(lambda: fleet["slow"].running)
        frozen = fleet["slow"]
        frozen.hold_orders = asyncio.Event()
        moved = parse_fleet(FLEET.replace("10.1.1.2", "10.1.1.9"), "gpus.yaml", TlsFiles(tmp_path), node_kinds())
        changing = asyncio.create_task(hub.supervisor.apply(moved))
        await eventually(lambda: len(made) == 3, what="the client of the new address is made")
        changing.cancel()
        await asyncio.wait([changing])
        assert changing.cancelled()
    assert [node.closed for node in made] == [True] * 3


async def test_a_node_that_moves_to_another_address_is_known_all_the_while(tmp_path: Path) -> None:
    """Another one that leaves meanwhile is frozen, and holds the change up."""
    fleet = FakeFleet(instant=False)
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        await hub.generations.submit(request(preferred_node=SLOW))
        await eventually(lambda: fleet["slow"].running)
        frozen, former = fleet["slow"], fleet["fast"]
        frozen.hold_orders = asyncio.Event()
        text = FLEET.replace("10.1.1.2", "10.1.1.9").replace("10.1.1.1", "10.1.1.8")
        moved = parse_fleet(text, "gpus.yaml", TlsFiles(tmp_path), node_kinds())
        changing = asyncio.create_task(hub.supervisor.apply(moved))
        await eventually(lambda: former.closed)
        assert hub.supervisor.get(FAST).state is NodeState.OFFLINE
        frozen.hold_orders.set()
        await changing
        assert list(hub.supervisor.nodes) == [FAST, SLOW]
        await eventually(lambda: hub.supervisor.get(FAST).state is NodeState.READY)


async def test_a_fleet_that_cannot_be_applied_leaves_no_client_open(tmp_path: Path) -> None:
    """A certificate may be deleted between the moment in which it was tried and the one in which it is needed."""
    made: list[FakeNode] = []

    class BreakingAtLast(FakeFleet):
        def __call__(self, config: NodeConfig) -> FakeNode:
            if made:
                raise FileNotFoundError("node.pem")
            made.append(super().__call__(config))
            return made[-1]

    supervisor = NodeSupervisor(BreakingAtLast(), WatchTimes(), SystemClock())
    with pytest.raises(FileNotFoundError):
        await supervisor.apply(parse_fleet(FLEET, "gpus.yaml", TlsFiles(tmp_path), node_kinds()))
    assert not supervisor.nodes
    assert [node.closed for node in made] == [True]


class PaidEasels:
    """A new one for each entry; so many of the next cannot be made."""

    def __init__(self) -> None:
        self.made: list[Easel] = []
        self.missing = 0

    def __call__(self, config: NodeConfig) -> Easel:
        if self.made and self.missing:
            self.missing -= 1
            raise FileNotFoundError("node.pem")
        easel = Easel(config)
        easel.charges = True
        self.made.append(easel)
        return easel

    def fleet(self, brush: int) -> tuple[NodeConfig, ...]:
        kind = NodeKind(name="easel", connect=self, needs_address=False, check_options=only_options("brush"))
        text = EASEL_FLEET.replace("brush: 3", f"brush: {brush}")
        return parse_fleet(text, "gpus.yaml", TlsFiles(Path()), NodeKinds([kind]))


EASEL, ORDER = NodeId("easel"), AttemptId("8f14e45f-ceea-467f-a8a4-2d4d5b1f3c6e")


async def test_what_a_node_charges_for_ends_before_an_edit_takes_the_node_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_supervisor, "AGAIN_SECONDS", 0.0)
    easels = PaidEasels()
    async with NodeSupervisor(easels, WatchTimes(), SystemClock()) as supervisor:
        await supervisor.apply(easels.fleet(brush=3))
        before = supervisor.get(EASEL)
        await eventually(lambda: before.state is NodeState.READY)
        before.begin(ORDER)
        await supervisor.apply(easels.fleet(brush=4))
        assert (before.state, before.drained, before.retired) == (NodeState.DRAINING, True, False)
        assert str(before.reason).endswith("what it has begun is paid for, and ends first, within 120 s")
        await supervisor.apply(easels.fleet(brush=5))
        easels.missing = 2
        before.end(ORDER)
        await eventually(lambda: supervisor.get(EASEL) is not before, what="the edit is in force, at the third try")
        assert supervisor.get(EASEL).config.options == {"brush": 5}
    assert (len(easels.made), easels.missing) == (2, 0)


async def test_a_node_that_is_taken_out_goes_after_its_time_though_it_is_still_at_what_it_charges_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_supervisor, "LEAVING_SECONDS", 0.05)
    monkeypatch.setattr(node_supervisor, "SETTLING_SECONDS", 0.05)
    easels = PaidEasels()
    async with NodeSupervisor(easels, WatchTimes(), SystemClock()) as supervisor:
        await supervisor.apply(easels.fleet(brush=3))
        before = supervisor.get(EASEL)
        before.begin(ORDER)
        await supervisor.apply([])
        assert supervisor.get(EASEL) is before
        await eventually(lambda: not supervisor.nodes)
    assert before.retired


async def test_the_fleet_is_listed_once_until_it_changes(tmp_path: Path) -> None:
    """A plan asks for the node of every run: a list made anew for each would be the square of the fleet."""
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub:
        nodes = hub.supervisor.nodes
        assert hub.supervisor.nodes is nodes
        await hub.supervisor.apply([watch.config for watch in nodes.values() if watch.config.id == FAST])
        assert [*hub.supervisor.nodes] == [FAST]
        assert [*nodes] == [FAST, SLOW], "who goes through them meanwhile is not disturbed"
