"""The fleet and the library over HTTP."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.conftest import Studio
from tests.waiting import eventually
from vibes.domain.ids import NodeId


async def test_the_dashboard_shows_the_seeds_fields_and_the_state(studio: Studio) -> None:
    answer = (await studio.http.get("/api/gpus")).json()
    fast = answer["gpus"][0]
    assert {
        *("id", "name", "tier", "vram_gb", "healthy", "state", "reason", "current_queue_length", "capabilities"),
        "last_response_ms",
    } <= set(fast)
    assert (fast["id"], fast["tier"], fast["healthy"], fast["state"]) == ("fast", "premium", True, "ready")
    assert fast["simulated"] is True
    assert answer["config_problems"] == []


async def test_a_node_can_be_drained_resumed_and_freed(studio: Studio) -> None:
    drained = (await studio.http.post("/api/gpus/slow/drain")).json()
    assert (drained["state"], drained["healthy"]) == ("draining", False)
    assert (await studio.http.post("/api/gpus/slow/resume")).json()["state"] == "ready"
    assert (await studio.http.post("/api/gpus/slow/free")).status_code == 200
    assert studio.fleet["slow"].freed == 1
    models = (await studio.http.get("/api/gpus/slow/models")).json()["models"]
    assert "v1-5-pruned-emaonly.safetensors" in models["checkpoints"]
    unknown = await studio.http.post("/api/gpus/slw/drain")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "there is no node 'slw'; did you mean slow?")


async def test_an_edit_of_gpus_yaml_is_live_and_a_broken_one_keeps_the_last_good(studio: Studio) -> None:
    path = studio.folder / "gpus.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("tier: draft", "tier: drafty"), encoding="utf-8")

    async def problems() -> list[dict[str, object]]:
        return list((await studio.http.get("/api/gpus")).json()["config_problems"])

    [problem] = await eventually(problems, what="the broken edit is noticed")
    assert problem["line"] == 5
    assert "unknown tier 'drafty'" in str(problem["message"])
    assert [gpu["id"] for gpu in (await studio.http.get("/api/gpus")).json()["gpus"]] == ["fast", "slow"]

    path.write_text("\n".join(line for line in good.splitlines() if "fast" not in line and "upscale" not in line))

    async def ids() -> bool:
        answer = (await studio.http.get("/api/gpus")).json()
        return [gpu["id"] for gpu in answer["gpus"]] == ["slow"] and not answer["config_problems"]

    await eventually(ids, what="the node is gone")
    await eventually(lambda: studio.fleet["fast"].closed, what="and let go")


async def _is_told(studio: Studio, sentence: str, file: Path) -> None:
    async def told() -> bool:
        problems = (await studio.http.get("/api/gpus")).json()["config_problems"]
        return any(sentence in problem["message"] for problem in problems)

    try:
        await eventually(told, what=f"that gpus.yaml {sentence}")
    finally:
        _let_go(file)


def _let_go(file: Path) -> None:
    """A hub that waits for somebody to write into a pipe would keep the tests from ending."""
    if file.is_fifo():
        os.close(os.open(file, os.O_RDWR | os.O_NONBLOCK))


@pytest.mark.parametrize(
    ("put", "sentence"),
    [
        (os.mkfifo, "no regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "no regular file"),
        (Path.mkdir, "cannot be read: Is a directory"),
        (lambda path: path.symlink_to(path.name), "cannot be read: Too many levels"),
        (lambda path: path.write_bytes(b"#" * (8 * 2**20 + 1)), "larger than 8 MiB"),
        (lambda path: None, "the file is gone"),
    ],
)
async def test_whatever_comes_into_the_place_of_gpus_yaml_is_told_and_the_file_is_followed_on(
    studio: Studio, put: Callable[[Path], object], sentence: str
) -> None:
    path = studio.folder / "gpus.yaml"
    good = path.rename(studio.folder / "good.yaml")
    put(path)
    await _is_told(studio, sentence, path)
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    good.replace(path)

    async def fine() -> bool:
        answer = (await studio.http.get("/api/gpus")).json()
        return len(answer["gpus"]) == 2 and not answer["config_problems"]

    await eventually(fine, what="the file is read again")


async def test_a_workflow_tells_its_parameters_and_where_it_runs(studio: Studio) -> None:
    listed = (await studio.http.get("/api/workflows")).json()
    assert {each["id"] for each in listed["workflows"]} >= {
        *("sd15_txt2img", "sdxl_txt2img", "sdxl_with_lora", "flux_txt2img", "upscale_esrgan", "flux_wavespeed"),
    }
    assert listed["problems"] == []
    detail = (await studio.http.get("/api/workflows/sdxl_txt2img")).json()
    assert detail["parameters_schema"]["properties"]["steps"]["default"] == 25
    sdxl = next(each for each in detail["nodes"] if each["family"] == "sdxl")
    assert (sdxl["able"], sdxl["unable"]) == (["fast"], {"slow": "has no capability sdxl"})
    unknown = await studio.http.get("/api/workflows/sdxl_text2img")
    assert unknown.status_code == 404
    assert "sdxl_txt2img" in unknown.json()["detail"]


async def test_health_says_whether_the_hub_can_work(studio: Studio) -> None:
    assert (await studio.http.get("/healthz")).json() == {"status": "ok"}
    assert (await studio.http.get("/readyz")).status_code == 200
    metrics = (await studio.http.get("/metrics")).text
    assert 'vibes_node_up{node="fast",tier="premium"} 1.0' in metrics
    for node_id in ("fast", "slow"):
        await studio.http.post(f"/api/gpus/{node_id}/drain")
    not_ready = await studio.http.get("/readyz")
    assert (not_ready.status_code, not_ready.json()["code"]) == (503, "no_node")


async def test_a_hub_that_is_about_to_end_is_not_ready_any_more(studio: Studio) -> None:
    studio.hub.stop_claiming()
    not_ready = await studio.http.get("/readyz")
    assert (not_ready.status_code, not_ready.json()["code"]) == (503, "stopping")
    assert (await studio.http.get("/healthz")).status_code == 200


async def test_a_node_that_is_left_alone_says_why_and_for_how_long(studio: Studio) -> None:
    watch = studio.hub.supervisor.get(NodeId("slow"))
    for _ in range(3):
        watch.breaker.failed(time.monotonic() + 100)
    told = (await studio.http.get("/api/gpus/slow")).json()
    assert (told["healthy"], told["state"]) == (False, "ready")
    assert re.fullmatch(r"had 3 errors in a row, next try in 1\d\d s", told["reason"])


async def test_the_home_page_shows_the_fleet_and_escapes_what_people_typed(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    await studio.http.post("/api/generate", json={"prompt": "<img src=x onerror=alert(1)>", "model_family": "sd15"})
    await eventually(lambda: studio.fleet["slow"].running)
    page = (await studio.http.get("/")).text
    assert "simulated GPUs" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page


async def test_every_shipped_workflow_tells_its_details(studio: Studio) -> None:
    listed = (await studio.http.get("/api/workflows")).json()["workflows"]
    assert len(listed) >= 28
    for workflow in listed:
        detail = await studio.http.get(f"/api/workflows/{workflow['id']}")
        assert detail.status_code == 200, detail.text
        families = {each["family"] for each in detail.json()["nodes"]}
        assert families == set(workflow["families"])
