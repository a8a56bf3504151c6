"""What the doctor says of hubs, workers and the Redis that share one database."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.backing import postgresql, redis_server
from tests.doctor.facts import NOW, codes
from tests.hub import settings_for
from tests.loopback import free_port
from vibes.app.doctor.sharing import broker
from vibes.domain.doctor.finding import State
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import Tier
from vibes.domain.nodes.worker import Worker, WorkerReport, WorkerState
from vibes.domain.replicas.place import BrokerState, Overview, OwnPlace
from vibes.domain.replicas.replica import Lease, Replica, ReplicaId, SeenReplica
from vibes.services.doctor.sharing import BrokerFacts, judge_broker, judge_replicas, judge_workers

LEASE = Lease(holder=ReplicaId("a"), epoch=3, address="http://10.0.0.1:8001", version="1", since=NOW, seconds_left=12.0)


def seen(name: str, *, silent: float = 1.0, version: str = "1") -> SeenReplica:
    replica = Replica(id=ReplicaId(name), address=f"http://{name}:8001", version=version)
    return SeenReplica(replica=replica, started_at=NOW - timedelta(hours=1), seconds_silent=silent)


def overview(*replicas: SeenReplica, lease: Lease | None = LEASE) -> Overview:
    place = OwnPlace(leads=True, lease=lease, stopping=False, broker=BrokerState.NONE)
    return Overview(me=ReplicaId("a"), place=place, replicas=replicas)


def worker(name: str, state: WorkerState = WorkerState.READY, *, silent: float = 1.0, reason: str = "") -> WorkerReport:
    made = Worker(
        name=name,
        node_id=NodeId(name),
        device="cuda:0",
        tier=Tier.STANDARD,
        capabilities=("sd15",),
        max_resolution=1024,
    )
    return WorkerReport(
        worker=made,
        state=state,
        reason=reason,
        epoch=1,
        heard_at=NOW,
        silent_seconds=silent,
        inventory_digest="",
        vitals=None,
    )


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (BrokerFacts(version="7.0.15", evicts="noeviction"), "broker_reached"),
        (BrokerFacts(version="7.0.15", evicts="allkeys-lru"), "broker_evicts"),
        (BrokerFacts(away="connection refused"), "broker_away"),
        (BrokerFacts(no_library=True), "broker_no_library"),
        (BrokerFacts(database_is_file=True), "broker_unused"),
    ],
)
def test_each_trouble_of_redis_has_its_code(facts: BrokerFacts, code: str) -> None:
    assert codes(list(judge_broker(facts))) == [code]


def test_hubs_are_told_by_who_leads_and_who_is_silent() -> None:
    def judged(view: Overview | None) -> list[str]:
        return codes(list(judge_replicas(view, silent_after=30)))

    assert judged(None) == []
    assert judged(overview(seen("a"), seen("b"))) == ["replicas_heard"]
    assert judged(overview(seen("a"), seen("b", silent=99))) == ["replica_silent", "replicas_heard"]
    assert judged(overview(seen("a"), seen("b", version="2"))) == ["replica_versions", "replicas_heard"]
    assert judged(overview(seen("a"), lease=None))[0] == "no_leader"
    assert judged(overview(seen("a"), lease=replace(LEASE, seconds_left=-1.0)))[0] == "no_leader"


def test_workers_are_told_by_whether_they_are_heard() -> None:
    reports = [
        worker("a"),
        worker("b", WorkerState.STARTING, reason="its ComfyUI starts"),
        worker("c", silent=60),
        worker("d", WorkerState.GONE, silent=9999),
    ]
    found = list(judge_workers(reports, lost_after=10))
    assert [(each.code, each.subject) for each in found[:2]] == [("worker_starting", "b"), ("worker_silent", "c")]
    assert found[1].state is State.WRONG
    assert found[-1].sentence == "workers: 1 ready, 1 starting, 1 silent, 1 gone."
    assert list(judge_workers([], lost_after=10)) == []


async def test_a_real_redis_is_asked_and_one_that_is_away_told_without_its_password(tmp_path: Path) -> None:
    nothing = await broker(settings_for(tmp_path))
    assert list(nothing) == []
    unused = settings_for(tmp_path, broker_url="redis://127.0.0.1:1")
    assert codes(list(await broker(unused))) == ["broker_unused"]
    with postgresql().database() as url:
        away = settings_for(tmp_path, database_url=url, broker_url=f"redis://:very-secret@127.0.0.1:{free_port()}/0")
        [found] = await broker(away)
        assert found.code == "broker_away"
        assert "very-secret" not in found.sentence
        there = settings_for(tmp_path, database_url=url, broker_url=redis_server().url)
        [found] = await broker(there)
        assert found.code == "broker_reached"
