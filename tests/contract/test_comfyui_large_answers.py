"""Answers that take seconds to parse are read in another process, or refused."""

import json
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.transcript_server import FAST_LIMITS, FIXTURES, connected_to, serving
from vibes.domain.errors import NodeMisbehaved, NodeUnreachable
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.outcome import Absent, Succeeded
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.reading import large_answer
from vibes.nodes.comfyui.reading.foreign_json import parse_json, weight
from vibes.nodes.comfyui.reading.large_answer import LIGHT_WEIGHT
from vibes.nodes.comfyui.reading.replies import parse_queue

PATIENT = replace(FAST_LIMITS, check_seconds=60, answer_seconds=60)
STATS = {
    "system": {"comfyui_version": "0.33.0"},
    "devices": [{"name": "cuda:0 EVIL", "type": "cuda", "vram_total": 2**34, "vram_free": 2**34}],
}
OURS = AttemptId("ours")
Answers = Mapping[str, bytes]


@asynccontextmanager
async def answering(**answers: bytes) -> AsyncIterator[ComfyUINode]:
    """A client of a node that answers these paths with these bytes."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        first = request.path.strip("/").split("/")[0]
        if first in answers:
            return web.Response(body=answers[first], content_type="application/json")
        known = {"system_stats": STATS, "queue": {"queue_running": [], "queue_pending": []}, "features": {}}
        found = first in known or first == "history"
        return web.json_response(known.get(first, {}), status=200 if found else 404)

    async with serving(handle) as port, connected_to(port, limits=PATIENT) as node:
        yield node


def thread_seconds(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def queue_with(rest: bytes) -> bytes:
    return b'{"queue_running":[],"queue_pending":[],"x":' + rest + b"}"


PARTS = 600_000
HUGE = {
    "lists": queue_with(b"[" + b"[]," * (PARTS // 2) + b"0]"),
    "objects": queue_with(b"[" + b'{"a":1},' * (PARTS // 3) + b"0]"),
    "half a surrogate pair before much else": queue_with(b'["\\ud800",' + b"[]," * (PARTS // 2) + b"0]"),
    "escapes beside half a pair": queue_with(b'"\\ud800' + b"\\n" * (PARTS) + b'"'),
    "long numbers": queue_with(b"[" + (b"9" * 4000 + b",") * 2000 + b"0]"),
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE)
async def test_a_queue_that_takes_long_to_read_takes_little_of_the_hubs_own_time(body: bytes) -> None:
    """Held against what parsing it here would take; reading it off the line is what is left."""
    here = thread_seconds(lambda: parse_json(body, "/queue"))
    began = time.thread_time()
    queue = await large_answer.read(body, "/queue", parse_queue)
    assert (queue.length, time.thread_time() - began < here / 3) == (0, True)


@pytest.mark.parametrize("path", ["queue", "object_info"])
async def test_what_is_heavier_than_anything_real_is_not_read_at_all(path: str) -> None:
    """30 MiB of nothing: 20 million empty lists froze the hub for seven seconds at every health check."""
    async with answering(**{path: queue_with(b"[" + b"[]," * (30 * 2**20 // 3) + b"0]")}) as node:
        with pytest.raises(NodeMisbehaved, match="more than any ComfyUI has to say"):
            await (node.check() if path == "queue" else node.discover())


async def test_a_huge_history_with_our_picture_in_it_is_read() -> None:
    entry = {
        "prompt": [0, OURS, {"9": {}}, {}, ["9"]],
        "outputs": {
            "9": {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}], "text": ["x"] * 200_000}
        },
        "status": {"status_str": "success", "completed": True, "messages": []},
    }
    async with answering(history=json.dumps({OURS: entry}).encode()) as node:
        found = await node.find(OURS, ended=True)
    assert isinstance(found, Succeeded)
    assert [output.filename for output in found.outputs] == ["a.png"]


async def test_a_catalogue_of_a_node_with_very_many_files_is_read_whole() -> None:
    catalogue: dict[str, Any] = json.loads((FIXTURES / "object_info" / "v0.33.0.json").read_bytes())
    names = [f"styles/a file with quite a long name, as people have them, no. {n}.safetensors" for n in range(20_000)]
    for number in range(10):  # loaders of custom graph nodes list them all again
        catalogue[f"CustomLoader{number}"] = {"input": {"required": {"lora_name": [names]}}}
    catalogue["LoraLoader"]["input"]["required"]["lora_name"] = [names]
    body = json.dumps(catalogue).encode()
    assert weight(body) > LIGHT_WEIGHT
    async with answering(object_info=body) as node:
        inventory = await node.discover()
    assert inventory.files[ModelFolder.LORAS] >= frozenset(names)
    assert "CustomLoader9" in inventory.graph_node_classes


async def test_what_is_wrong_with_a_large_answer_is_told_as_of_a_small_one() -> None:
    for rest in (b"", b"nonsense" * 200_000, b"[" * 200_000, b"[}" + b" " * 2**21 + b"}"):
        async with answering(queue=b'{"queue_running": 7, "x": ' + rest) as node:
            with pytest.raises(NodeMisbehaved, match="expected JSON, got"):
                await node.check()
    async with answering(queue=b'{"queue_running": 7, "x": [' + b"0," * 200_000 + b"0]}") as node:
        with pytest.raises(NodeMisbehaved, match="expected a list, got a number"):
            await node.check()


async def test_short_answers_are_short() -> None:
    async with answering(system_stats=b'{"system": [' + b"[]," * 200_000 + b"0]}") as node:
        with pytest.raises(NodeMisbehaved, match="/system_stats: expected a short answer"):
            await node.check()


async def test_when_no_process_can_be_started_or_it_dies_the_node_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with answering(queue=HUGE["long numbers"]) as node:
        for failure, told in (
            (OSError(24, "Too many open files"), NodeUnreachable),
            (subprocess.TimeoutExpired("python", 30), NodeMisbehaved),
            (subprocess.CalledProcessError(-9, "python"), NodeMisbehaved),
        ):

            def fails(*_: object, because: Exception = failure, **__: object) -> None:
                raise because

            with monkeypatch.context() as patched:
                patched.setattr(subprocess, "run", fails)
                with pytest.raises(told):
                    await node.check()
        assert (await node.check()).queue.length == 0
        assert await node.find(OURS) == Absent()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=20,
)


def whole(value: Any) -> Any:
    """The value with a question mark for each half of a surrogate pair."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "?")
        case list():
            return [whole(each) for each in value]
        case dict():
            return {whole(name): whole(each) for name, each in value.items()}
        case _:
            return value


@given(JSON)
def test_whatever_is_escaped_only_halves_of_pairs_are_changed(value: Any) -> None:
    expected = whole(json.loads(json.dumps(value)))
    for text in (json.dumps(value), json.dumps(value).encode()):
        found = parse_json(text, "x")
        assert found == expected or "\ufffd" in json.dumps(value, ensure_ascii=False)
        json.dumps(found, ensure_ascii=False).encode()


def test_bytes_that_are_no_utf8_and_halves_that_are_not_escaped_make_no_trouble() -> None:
    for body in (b'"\xed\xa0\x80"', b'"\xff"', b'"\\\\ud800"', b'"\\\\\\ud800x"', '"\U0001f600"'.encode()):
        found = parse_json(body, "x")
        assert isinstance(found, str)
        found.encode()
    assert parse_json(b'"C:\\\\udead\\\\x"', "x") == r"C:\udead\x"
    assert parse_json(b'"\\ud83d\\ude00 \\uDE00 \\ud83d"', "x") == "\U0001f600 ? ?"
