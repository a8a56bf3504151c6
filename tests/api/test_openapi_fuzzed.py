"""Whatever is sent that the OpenAPI document describes, or almost describes, the hub never answers with a 500."""

import asyncio
import json
import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from tests.fakes import FakeFleet, png
from tests.hub import open_hub, served, settings_for
from tests.waiting import HANG_SECONDS
from vibes.client import HubClient, Task
from vibes.commands.development.openapi import openapi_document

pytestmark = pytest.mark.processes

EXAMPLES = 20
"""Of each operation: what is found by more, by hand, becomes a test of its own."""

SCHEMA = schemathesis.openapi.from_dict(json.loads(openapi_document()))
FOUND = list(SCHEMA.get_all_operations())
OPERATIONS = {each.ok().label: each.ok() for each in FOUND if isinstance(each, Ok)}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Its address, and for each path parameter the id of something that is there."""
    with hub_of_fakes(tmp_path_factory.mktemp("fuzzed")) as url, HubClient(url) as client:
        accepted = client.jobs.submit([Task("t1", "sd15.text2img", {"prompt": "a cat", "count": 2})])
        job = client.jobs.wait(accepted.job_id, timeout_seconds=HANG_SECONDS)
        generation = client.generations.get(job.pictures[0].generation_id)
        known = {
            "job_id": job.job_id,
            "session_id": job.session_id,
            "generation_id": generation.id,
            "task_id": generation.id,
            "batch_id": generation.batch_id,
            "artifact_id": client.artifacts.upload(png()).artifact_id,
            "gpu_id": "fast",
            "workflow_id": "sd15_txt2img",
        }
        yield url, known


def test_the_document_describes_every_operation_so_that_it_can_be_sent() -> None:
    assert len(OPERATIONS) == len(FOUND)


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_finds_a_mistake_of_the_hubs(label: str, hub: tuple[str, Mapping[str, str]]) -> None:
    """What to send is worked out here and not while tests are collected, which every process does."""
    url, known = hub

    def is_answered(case: Case[Any]) -> None:
        for name, value in (case.path_parameters or {}).items():
            if name in known and len(str(value)) % 2:
                case.path_parameters[name] = known[name]
        response = case.call(base_url=url, timeout=HANG_SECONDS)
        assert response.status_code < 500, response.text

    wanted = settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    config = HypothesisTestConfig(project=SCHEMA.config, modes=list(HypothesisTestMode))
    create_test(operation=OPERATIONS[label], test_func=wanted(is_answered), config=config)()


@contextmanager
def hub_of_fakes(folder: Path) -> Iterator[str]:
    """In a process of its own: what it does must not touch the chance that the requests are drawn with."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("forkserver").Process(target=_serve, args=(folder, theirs))
    process.start()
    try:
        assert ours.poll(HANG_SECONDS), "the hub answers"
        yield ours.recv()
    finally:
        ours.send("end")
        process.join()


def _serve(folder: Path, connection: Connection) -> None:
    asyncio.run(_serve_until_told(folder, connection))


async def _serve_until_told(folder: Path, connection: Connection) -> None:
    given = settings_for(folder)
    async with open_hub(given, FakeFleet()) as hub, served(hub, given) as address:
        connection.send(f"http://{address}")
        await asyncio.to_thread(connection.recv)
