"""Tickets in a real Redis: small, dropped where there is none, and what Celery is told to do with them."""

import asyncio
import base64
import json
from pathlib import Path

import pytest

from tests.backing import redis_server
from tests.loopback import free_port
from tests.waiting import eventually
from vibes.domain.ids import NodeId, new_attempt_id
from vibes.environment.worker_settings import WorkerSettings
from vibes.nodes.comfyui_managed.node import ManagedNode
from vibes.nodes.worker.celery_tickets import KEPT_SECONDS, CeleryTickets, celery, queue_of
from vibes.worker.comfyui import comfyui_of

LONGEST = "n" * 64
"""A node's id."""


async def test_a_ticket_is_small_and_names_an_attempt_with_its_epoch(tmp_path: Path) -> None:
    tickets = CeleryTickets(redis_server().url, tmp_path.name)
    attempt_id = new_attempt_id()
    tickets.post(NodeId(LONGEST), attempt_id, 3)
    await tickets.close()
    key = f"{tmp_path.name}:{queue_of(LONGEST)}"
    with redis_server().client() as redis:
        [ticket] = redis.lrange(key, 0, -1)
        assert redis.delete(key) == 1
    assert len(ticket) <= 1024
    said = json.loads(ticket)
    assert json.loads(base64.b64decode(said["body"]))[0] == [attempt_id, 3]


async def test_tickets_that_nobody_takes_do_not_fill_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vibes.nodes.worker.celery_tickets.MOST_TICKETS", 3)
    tickets = CeleryTickets(redis_server().url, tmp_path.name)
    sent = [new_attempt_id() for _ in range(5)]
    for each in sent:
        tickets.post(NodeId("w1"), each, 1)
    await eventually(lambda: not tickets._unposted, what="all were posted")
    await tickets.close()
    key = f"{tmp_path.name}:{queue_of('w1')}"
    with redis_server().client() as redis:
        left = [json.loads(each)["headers"]["id"] for each in redis.lrange(key, 0, -1)]
        assert 0 < redis.ttl(key) <= KEPT_SECONDS
        redis.delete(key)
    assert left == [f"{each[:13]}-1" for each in reversed(sent[2:])], "the newest"


async def test_where_no_redis_answers_a_ticket_is_dropped_and_nobody_waits() -> None:
    tickets = CeleryTickets(f"redis://127.0.0.1:{free_port()}/0", "nobody")
    began = asyncio.get_running_loop().time()
    for _ in range(300):
        tickets.post(NodeId("w1"), new_attempt_id(), 1)
    assert tickets._unposted <= 200
    assert asyncio.get_running_loop().time() - began < 60
    await eventually(lambda: tickets._unposted < 200, what="one was given up")
    await tickets.close()


def test_celery_takes_tickets_one_by_one_and_acknowledges_them_early() -> None:
    conf = celery("redis://127.0.0.1/0", "p").conf
    assert (conf.worker_pool, conf.worker_concurrency) == ("threads", 1)
    assert (conf.task_acks_late, conf.worker_disable_prefetch) == (False, True)
    assert (conf.result_backend, conf.task_ignore_result) == (None, True)
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")


def test_a_worker_is_pinned_to_its_device(tmp_path: Path) -> None:
    for said, device in (("cuda:1", 1), ("0", 0), ("cpu", "cpu")):
        node = comfyui_of(settings(comfyui_folder=tmp_path, device=said), tmp_path)
        assert isinstance(node, ManagedNode)
        assert node._managed._config.device == device


def test_its_name_is_that_of_the_machine_and_the_device_where_none_is_given() -> None:
    own = settings(comfyui="http://127.0.0.1:8188", device="1")
    assert own.own_name.endswith("-cuda1")
    assert own.node_id == own.own_name
    assert settings(comfyui="http://127.0.0.1:8188", pull=True, pool="attic").node_id == "attic"


def settings(**given: object) -> WorkerSettings:
    return WorkerSettings(**given)  # type: ignore[arg-type]  # pydantic checks them
