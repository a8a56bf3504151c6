"""The providers' own clients take our stand-ins for them; each is skipped without a Python that has it.

    python -m venv clients && clients/bin/pip install fal-client ollama openai
    VIBES_OFFICIAL_CLIENTS=clients/bin/python pytest tests/official_clients

and for Vast.ai's, which wants other versions of what the others need, ``vastai`` in one of its own:

    VIBES_OFFICIAL_VAST=vast/bin/python pytest tests/official_clients

Last run with fal-client 1.0.3 and openai 3.57.0 on 2026-11-30, and with vastai 1.9.1: all passed; and with ollama
0.6.3.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fal import FakeFal
from tests.fakes.llm import FakeLlm
from tests.fakes.llm.brain import usual_models
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai.checks import MODELS
from tests.fakes.openai.faults import MODERATED, NO_QUOTA, RATE_LIMITED, SERVER_ERROR, Course
from tests.fakes.vast import Life
from tests.fakes.vast.server import FakeVast

PYTHON = os.environ.get("VIBES_OFFICIAL_CLIENTS")
VAST_PYTHON = os.environ.get("VIBES_OFFICIAL_VAST")
needs_clients = pytest.mark.skipif(PYTHON is None, reason="needs a Python with the official clients, see above")
HERE = Path(__file__).parent


async def report_of(script: str, url: str, python: str | None = PYTHON) -> Any:
    assert python is not None
    process = await asyncio.create_subprocess_exec(
        python, str(HERE / script), url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        told, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return json.loads(told)


@needs_clients
async def test_fals_client_draws_cancels_uploads_and_reads_errors() -> None:
    async with FakeFal() as fal:
        report = await report_of("fal_client_script.py", fal.url)
        assert fal.storage.upload_names == ["mine.png"]
        assert [file.content for file in fal.storage.files.values()].count(b"\x89PNG uploaded") == 2
    assert report["draw"]["states"] == ["Queued", "Queued", "Queued", "InProgress", "Completed"]
    assert report["draw"]["answer"]["images"][0]["width"] == 512
    assert report["cancel"]["after"]["type"] == "client_cancelled"
    assert report["cancel"]["twice"] == {"status": 400, "body": {"status": "ALREADY_COMPLETED"}}
    assert report["steps"]["status"] == 422
    assert report["steps"]["message"][0]["loc"] == ["body", "num_inference_steps"]
    assert report["key"]["status"] == 401
    assert report["comfy"]["same_addresses"]
    assert "outputs" in report["comfy"]["answer"]
    assert report["upload"].startswith(f"{fal.url}/media/")
    assert report["fallback"].startswith(f"{fal.url}/media/")


@needs_clients
async def test_openais_client_draws_edits_streams_and_reads_errors() -> None:
    scripted = (MODERATED, RATE_LIMITED, NO_QUOTA, SERVER_ERROR)
    async with FakeOpenAI() as openai:
        drawn = [Course()] * 9  # to be edited, one whole, one as a stream, three edits, three refused
        openai.next(*drawn, *(Course(refused=each) for each in scripted))
        report = await report_of("openai_script.py", openai.base_url)
        assert [len(each["image"]) for each in openai.asked if "image" in each] == [1, 2, 1]
    assert report["models"] == list(MODELS)
    assert report["generate"] == {"size": [1024, 1024], "usage": 1056, "format": "png"}
    assert [each[0] for each in report["stream"]] == [
        "image_generation.partial_image",
        "image_generation.partial_image",
        "image_generation.completed",
    ]
    assert report["edit"] == {
        "single": True,
        "several": True,
        "events": ["image_edit.partial_image", "image_edit.completed"],
    }
    assert report["key"] == {
        "class": "AuthenticationError",
        "status": 401,
        "code": "invalid_api_key",
        "param": None,
    }
    assert (report["model"]["class"], report["model"]["code"]) == ("NotFoundError", "model_not_found")
    assert (report["size"]["code"], report["size"]["param"]) == ("invalid_value", "size")
    assert report["old_field"]["param"] == "response_format"
    assert [(each["class"], each["code"]) for each in report["scripted"]] == [
        ("BadRequestError", "moderation_blocked"),
        ("RateLimitError", "rate_limit_exceeded"),
        ("RateLimitError", "insufficient_quota"),
        ("InternalServerError", None),
    ]


@pytest.mark.skipif(VAST_PYTHON is None, reason="needs a Python with Vast.ai's own client, see above")
async def test_vasts_client_searches_rents_lists_labels_and_destroys() -> None:
    async with FakeVast(pace=0.0) as vast:
        vast.cloud.life = Life
        vast.cloud.foreign("somebody's", 60)
        report = await report_of("vastai_script.py", vast.url, VAST_PYTHON)
        [first, second] = vast.cloud.creates[60:]
        assert not vast.cloud.alive("by the second")
    one = report["one"]
    assert (one["offers"], len(one["offers"])) == (sorted(one["offers"]), 2)
    assert one["made"] == ["instance_api_key", "new_contract", "success"]
    assert one["shown"] == {
        "label": "mine",
        "actual_status": None,
        "ports": None,
        "extra_env": {"-p 8188:8188": "1", "WEB_PASSWORD": "secret"},
    }
    assert one["listed"]
    assert (one["labelled"], one["gone"], one["shown after"]) == ({"success": True}, {"success": True}, None)
    assert (one["twice"]["status"], one["twice"]["body"]["error"]) == (404, "not_found")
    assert (one["taken"]["status"], one["taken"]["body"]["error"]) == (404, "invalid_args")
    assert (report["pages"], report["second"]) == (60, {"label": "by the second", "of all": 60})
    assert 0 < report["credit"] <= 100
    assert report["key"]["status"] == 401
    assert (first["runtype"], first["env"]["WEB_PASSWORD"], first["cancel_unavail"]) == (
        "ssh_direc ssh_proxy",
        "secret",
        True,
    )
    assert second["label"] == "by the second"


@needs_clients
async def test_ollamas_and_openais_clients_chat_with_the_fake_language_model() -> None:
    async with FakeLlm() as llm:
        report = await report_of("llm_clients_script.py", llm.url)
    native, compatible = report["native"], report["compatible"]
    assert native["models"] == compatible["models"] == [*usual_models()]
    assert native["show"] == ["completion", "vision"]
    assert native["whole"] == native["streamed"] == native["seen"] == '{"keep": []}'
    assert (native["tokens"], native["ends"], native["unloaded"]) == (3, "stop", "unload")
    assert native["loaded"] == ["hermes3:8b", "minicpm-v:latest"]
    assert native["pulled"][-1] == "success"
    assert native["missing"] == [404, 'model "nowhere:1b" not found, try pulling it first']
    assert native["thinks"] == [400, '"hermes3:8b" does not support thinking']
    assert compatible["whole"] == compatible["streamed"] == '{"keep": []}'
    assert (compatible["finish"], compatible["usage"], compatible["seen"]) == ("stop", 3, "pong")
    assert compatible["missing"] == [404, 'model "nowhere:1b" not found, try pulling it first']
    assert compatible["blind"][0] == 400
