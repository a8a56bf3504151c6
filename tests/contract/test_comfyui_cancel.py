"""Cancelling: only our prompt, by its id, until the node's own queue no longer has it."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.contract.transcript_server import FAST_LIMITS, connected_to, serving
from tests.waiting import deadline
from vibes.domain.errors import INPUT_GONE, NodeMisbehaved, NodeUnclear, PromptRejected
from vibes.domain.ids import AttemptId
from vibes.ports.orders import InputImage

OURS = AttemptId("0b6f1b0e-4f0e-4c43-9d4c-6a8f0e3a9a01")
THEIRS = "c0ffee00-0000-4000-8000-000000000000"


@dataclass(slots=True)
class SmallNode:
    """A queue that obeys like ComfyUI's; ``deafness`` interrupts are lost before one is heard."""

    running: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    jobs_api: bool = False
    deafness: int = 0
    posts: list[tuple[str, Any]] = field(default_factory=list)
    acceptance: dict[str, Any] = field(default_factory=dict)
    ends_when_deleted: bool = False
    """What is to be deleted has run and is in the history by then."""
    history: list[str] = field(default_factory=list)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET":
            return self._answer(request.path)
        if request.path == "/upload/image":
            return web.json_response({"name": "a.png", "subfolder": "vibes", "type": "input"})
        body = await request.json()
        self.posts.append((request.path, body))
        return self._obey(request.path, body)

    def _answer(self, path: str) -> web.Response:
        if path == "/queue":
            items = [[[0, prompt_id, {}, {}, []] for prompt_id in ids] for ids in (self.running, self.pending)]
            return web.json_response({"queue_running": items[0], "queue_pending": items[1]})
        if path.startswith("/history/"):
            prompt_id = path.split("/")[2]
            return web.json_response(_history(prompt_id) if prompt_id in self.history else {})
        if path == "/api/jobs" and self.jobs_api:
            return web.json_response({"jobs": [], "pagination": {}})
        return web.Response(status=404)

    def _obey(self, path: str, body: Any) -> web.Response:
        match path, body:
            case "/prompt", _:
                self.pending.append(self.acceptance["prompt_id"])
                return web.json_response(self.acceptance)
            case "/queue", {"delete": prompt_ids}:
                for prompt_id in prompt_ids:
                    self.pending.remove(prompt_id)
                    if self.ends_when_deleted:
                        self.history.append(prompt_id)
                return web.Response()
            case "/interrupt", {"prompt_id": prompt_id}:
                self._interrupt(prompt_id)
                return web.Response()
            case _ if self.jobs_api and path.startswith("/api/jobs/"):
                self._interrupt(path.split("/")[3])
                return web.json_response({"cancelled": True})
            case _:
                return web.Response(status=405)

    def _interrupt(self, prompt_id: str) -> None:
        if self.deafness:
            self.deafness -= 1
        elif prompt_id in self.running:
            self.running.remove(prompt_id)


def _history(prompt_id: str) -> dict[str, Any]:
    image = {"filename": "a.png", "subfolder": "", "type": "output"}
    status = {"status_str": "success", "completed": True, "messages": []}
    return {prompt_id: {"prompt": [], "outputs": {"9": {"images": [image]}}, "status": status, "meta": {}}}


async def test_every_copy_of_a_pending_prompt_is_deleted_and_nobody_elses() -> None:
    small = SmallNode(running=[THEIRS], pending=[THEIRS, OURS, OURS])
    async with serving(small.handle) as port, connected_to(port) as node:
        await node.cancel(OURS)
    assert (small.running, small.pending) == ([THEIRS], [THEIRS])
    assert small.posts == [("/queue", {"delete": [OURS, OURS]})]


async def test_a_copy_that_runs_and_one_that_waits_are_both_stopped() -> None:
    small = SmallNode(running=[OURS], pending=[OURS])
    async with serving(small.handle) as port, connected_to(port) as node:
        await node.cancel(OURS)
    assert (small.running, small.pending) == ([], [])


async def test_what_waits_is_taken_back_and_will_never_run() -> None:
    small = SmallNode(running=[THEIRS], pending=[THEIRS, OURS, OURS])
    async with serving(small.handle) as port, connected_to(port) as node:
        assert await node.take_back(OURS)
    assert (small.running, small.pending) == ([THEIRS], [THEIRS])
    assert small.posts == [("/queue", {"delete": [OURS, OURS]})]


async def test_what_has_begun_is_not_taken_back_and_goes_on() -> None:
    small = SmallNode(running=[OURS], pending=[THEIRS])
    async with serving(small.handle) as port, connected_to(port) as node:
        assert not await node.take_back(OURS)
    assert (small.running, small.pending, small.posts) == ([OURS], [THEIRS], [])


async def test_what_ran_to_its_end_while_it_was_taken_back_is_kept() -> None:
    """It left the queue and is in the history: taking it for gone would draw it twice."""
    small = SmallNode(pending=[OURS], ends_when_deleted=True)
    async with serving(small.handle) as port, connected_to(port) as node:
        assert not await node.take_back(OURS)


async def test_a_node_with_the_jobs_api_is_asked_through_it() -> None:
    small = SmallNode(running=[OURS], jobs_api=True)
    async with serving(small.handle) as port, connected_to(port) as node:
        await node.cancel(OURS)
    assert small.posts == [(f"/api/jobs/{OURS}/cancel", {})]
    assert small.running == []


async def test_a_node_that_lost_its_jobs_api_is_interrupted_the_old_way() -> None:
    small = SmallNode(running=[OURS], jobs_api=True)
    async with serving(small.handle) as port, connected_to(port) as node:
        await node.cancel(OURS)
        small.jobs_api = False
        small.running.append(OURS)
        await node.cancel(OURS)
    assert small.posts[1:] == [(f"/api/jobs/{OURS}/cancel", {}), ("/interrupt", {"prompt_id": OURS})]


@pytest.mark.parametrize("jobs_api", [False, True])
async def test_an_interrupt_that_is_lost_is_sent_again(jobs_api: bool) -> None:
    small = SmallNode(running=[OURS], deafness=2, jobs_api=jobs_api)
    async with serving(small.handle) as port, connected_to(port) as node:
        await node.cancel(OURS)
    assert len(small.posts) == 3
    assert small.running == []


async def test_a_prompt_that_cannot_be_stopped_is_left_after_a_while() -> None:
    small = SmallNode(running=[OURS], deafness=1000)
    async with deadline(), serving(small.handle) as port, connected_to(port, cancel_seconds=0.1) as node:
        with pytest.raises(NodeUnclear, match=r"still runs 0\.1 s after its cancel"):
            await node.cancel(OURS)
    assert {path for path, _ in small.posts} == {"/interrupt"}


async def test_a_partly_refused_prompt_is_taken_back_and_rejected() -> None:
    error = {"message": "Value 0 smaller than min of 1", "details": "steps", "extra_info": {"input_name": "steps"}}
    node_errors = {"3": {"errors": [error], "class_type": "KSampler", "dependent_outputs": ["9"]}}
    small = SmallNode(acceptance={"prompt_id": OURS, "number": 3, "node_errors": node_errors})
    async with serving(small.handle) as port, connected_to(port) as node:
        with pytest.raises(PromptRejected) as refusal:
            await node.submit(OURS, {"3": {"class_type": "KSampler", "inputs": {"steps": 0}}})
    assert refusal.value.message == "KSampler (3): steps: Value 0 smaller than min of 1"
    assert small.pending == []


async def test_a_picture_that_a_partly_refused_prompt_misses_counts_as_gone() -> None:
    error = {
        "type": "custom_validation_failed",
        "message": "Custom validation failed for node",
        "details": "image - Invalid image file: vibes/a.png",
        "extra_info": {"input_name": "image"},
    }
    node_errors = {"1": {"errors": [error], "class_type": "LoadImage", "dependent_outputs": ["9"]}}
    small = SmallNode(acceptance={"prompt_id": OURS, "number": 3, "node_errors": node_errors})
    image = InputImage(b"a picture")
    async with serving(small.handle) as port, connected_to(port) as node:
        await node.bring(image)
        assert node.has(image)
        with pytest.raises(PromptRejected) as refusal:
            await node.submit(OURS, {"1": {"class_type": "LoadImage", "inputs": {"image": "vibes/a.png"}}})
        assert not node.has(image), "it is brought again with the next prompt"
    assert refusal.value.code == INPUT_GONE


async def test_a_refusal_is_told_even_when_the_prompt_cannot_be_taken_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def no_queue(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/queue":
            return web.Response(status=500)
        return web.json_response({"prompt_id": OURS, "number": 3, "node_errors": {"3": {"errors": [7]}}})

    async with serving(no_queue) as port, connected_to(port, limits=FAST_LIMITS) as node:
        with pytest.raises(PromptRejected, match="refused without a reason"):
            await node.submit(OURS, {})
    assert "may still run there" in caplog.text


async def test_a_comfyui_that_ignores_our_id_is_told_to_be_too_old() -> None:
    small = SmallNode(acceptance={"prompt_id": "its-own-id", "number": 3, "node_errors": {}})
    async with serving(small.handle) as port, connected_to(port) as node:
        with pytest.raises(NodeMisbehaved, match="too old"):
            await node.submit(OURS, {})
    assert small.pending == []
