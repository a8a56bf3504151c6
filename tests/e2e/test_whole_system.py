"""The product as a person meets it: real processes, real sockets, the commands of the README."""

import hashlib
import io
import re
from collections import Counter
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.forked import forked_service
from tests.processes import Service, run_vibes, vibes_service
from tests.waiting import eventually

pytestmark = pytest.mark.processes

PROFILES = ("rtx-5060-ti", "rtx-4060-ti", "rtx-3060", "rtx-3050-ti")
TIERS = ("premium", "quality", "standard", "draft")


def write_fleet(folder: Path, urls: list[str]) -> Path:
    path = folder / "gpus.yaml"
    entries = [
        f"""  - id: gpu-{tier}
    name: {profile}
    vram_gb: 8
    tier: {tier}
    host: 127.0.0.1
    port: {url.rpartition(":")[2]}
    capabilities: [sd15, sdxl, upscale]
    max_resolution: 1024
    max_batch: 1
"""
        for url, tier, profile in zip(urls, TIERS, PROFILES, strict=False)
    ]
    path.write_text("nodes:\n" + "".join(entries), encoding="utf-8")
    return path


async def start_simulators(stack: AsyncExitStack, folder: Path, count: int, time_scale: float) -> list[Service]:
    return [
        await stack.enter_async_context(
            forked_service(
                *("simulate", "--port", "0", "--profile", PROFILES[index], "--time-scale", str(time_scale)),
                cwd=folder,
            )
        )
        for index in range(count)
    ]


def serve(folder: Path) -> AbstractAsyncContextManager[Service]:
    return forked_service(
        *("serve", "--config", "gpus.yaml", "--data", "data", "--port", "0"),
        cwd=folder,
        environment={"VIBES_HEALTH_INTERVAL": "1", "VIBES_RECHECK_INTERVAL": "0.2", "VIBES_WARM_UP": "false"},
    )


async def test_the_demo_draws_twenty_different_pictures_and_fast_cards_do_more(tmp_path: Path) -> None:
    async with vibes_service(
        *("demo", "--port", "0", "--time-scale", "2", "--no-browser", "--data", "my data"), cwd=tmp_path
    ) as demo:
        generated = await run_vibes(
            *("generate", "a lighthouse at dusk, oil painting", "-n", "20", "--out", "out", "--url", demo.url),
            cwd=tmp_path,
        )
        nodes = await run_vibes("nodes", "--url", demo.url, cwd=tmp_path)

    assert generated.status == 0, generated.stderr
    pictures = sorted((tmp_path / "out").glob("??-*.png"))
    assert len(pictures) == 20
    assert len({hashlib.sha256(path.read_bytes()).digest() for path in pictures}) == 20
    for path in pictures:
        with Image.open(path) as picture:
            picture.load()
            assert picture.size == (512, 512)
            assert picture.info["parameters"].startswith("a lighthouse at dusk, oil painting")
            assert '"KSampler"' in picture.info["prompt"]
    with Image.open(tmp_path / "out" / "contact-sheet.png") as sheet:
        sheet.load()
    shares = {node: int(count) for node, count in re.findall(r"(gpu-\w+) (\d+)", generated.stdout)}
    assert sum(shares.values()) == 20
    assert shares["gpu-premium"] > shares["gpu-draft"]
    assert len(shares) == 4
    assert nodes.status == 0
    assert "simulated" in nodes.stdout
    assert all(tier in nodes.stdout for tier in TIERS)


async def test_pulling_the_plug_of_a_machine_in_mid_batch_loses_nothing(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        simulators = await start_simulators(stack, tmp_path, 3, time_scale=0.4)
        write_fleet(tmp_path, [simulator.url for simulator in simulators])
        hub = await stack.enter_async_context(serve(tmp_path))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=hub.url, trust_env=False))
        batch = await submit(http, count=15)
        await eventually(lambda: working_on(http, "gpu-standard"), what="the victim works")
        await simulators[2].kill()
        finished = await wait_for_batch(http, batch)

    assert Counter(each["status"] for each in finished["generations"]) == {"complete": 15}
    assert len(list((tmp_path / "data" / "images").rglob("*.png"))) == 15


async def test_pulling_the_plug_of_the_hub_in_mid_batch_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        simulators = await start_simulators(stack, tmp_path, 2, time_scale=0.4)
        write_fleet(tmp_path, [simulator.url for simulator in simulators])
        async with serve(tmp_path) as hub, httpx.AsyncClient(base_url=hub.url, trust_env=False) as http:
            batch = await submit(http, count=10)
            await eventually(lambda: working_on(http, "gpu-premium"))
            await hub.kill()
        hub = await stack.enter_async_context(serve(tmp_path))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=hub.url, trust_env=False))
        finished = await wait_for_batch(http, batch)
        histories = [(await http.get(f"{simulator.url}/history")).json() for simulator in simulators]

    assert Counter(each["status"] for each in finished["generations"]) == {"complete": 10}
    assert sum(len(history) for history in histories) == 10, "no picture was drawn twice"
    assert not list((tmp_path / "data").rglob("*.part"))


async def test_the_same_seed_gives_the_same_picture_on_every_node(tmp_path: Path) -> None:
    """Only the graph that it carries differs: each attempt names its files itself."""
    async with AsyncExitStack() as stack:
        simulators = await start_simulators(stack, tmp_path, 2, time_scale=0.0)
        write_fleet(tmp_path, [simulator.url for simulator in simulators])
        hub = await stack.enter_async_context(serve(tmp_path))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=hub.url, trust_env=False))
        contents = set()
        for gpu in ("gpu-premium", "gpu-quality"):
            batch = await wait_for_batch(http, await submit(http, count=1, seed=5, preferred_gpu=gpu))
            [generation] = batch["generations"]
            assert generation["gpu_id"] == gpu
            content = (await http.get(generation["image_url"])).content
            with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
                contents.add(picture.tobytes())
    assert len(contents) == 1


async def test_a_sigterm_ends_the_hub_in_order(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        simulators = await start_simulators(stack, tmp_path, 1, time_scale=1.0)
        write_fleet(tmp_path, [simulators[0].url])
        async with serve(tmp_path) as hub, httpx.AsyncClient(base_url=hub.url, trust_env=False) as http:
            await submit(http, count=3)
            await eventually(lambda: working_on(http, "gpu-premium"))
        assert hub.process.returncode == 0
    assert "Traceback" not in hub.log.read_text()


async def test_a_second_hub_on_the_same_data_and_a_taken_port_are_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "gpus.yaml").write_text("nodes: []\n")
    async with serve(tmp_path) as hub:
        port = hub.url.rpartition(":")[2]
        taken = await run_vibes("serve", "--config", "gpus.yaml", "--port", port, cwd=tmp_path)
        second = await run_vibes("serve", "--config", "gpus.yaml", "--port", "0", "--data", "data", cwd=tmp_path)
    assert taken.status == 2
    assert f"port {port} is taken by another program" in taken.stderr
    assert "--port" in taken.stderr
    assert second.status != 0
    assert "data" in second.stderr
    assert "Traceback" not in taken.stderr + second.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serve", "--config", "none.yaml"), "there is no fleet file none.yaml"),
        (("serve", "--config", "bad.yaml"), "bad.yaml:2:5: "),
        (("serve", "--config", "tab.yaml"), "tab.yaml:2:1: a tab character"),
        (("serve", "--config", "good.yaml", "--host", "0.0.0.0"), "VIBES_API_KEY"),  # noqa: S104 - what is refused
        (("simulate", "--port", "0", "--profile", "rtx-9999"), "rtx-9999"),
        (("simulate", "--port", "0", "--comfyui-version", "9.9"), "9.9"),
        (("generate",), "say what to draw"),
        (("generate", "x", "--url", "http://127.0.0.1:9"), "no hub answers at http://127.0.0.1:9"),
        (("nodes", "--url", "http://127.0.0.1:9"), "no hub answers"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
async def test_a_mistake_on_the_command_line_is_answered_in_one_clear_sentence(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "good.yaml").write_text("nodes: []\n")
    (tmp_path / "bad.yaml").write_text("nodes:\n  - id: a\n")
    (tmp_path / "tab.yaml").write_text("nodes:\n\t- id: a\n")
    result = await run_vibes(*arguments, cwd=tmp_path)
    assert result.status != 0
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


async def submit(http: httpx.AsyncClient, **given: object) -> str:
    body = {"prompt": "a harbour at night", "model_family": "sd15", **given}
    response = await http.post("/api/generate/batch", json=body)
    assert response.status_code == 202, response.text
    return str(response.json()["batch_id"])


async def working_on(http: httpx.AsyncClient, gpu: str) -> bool:
    return bool((await http.get(f"/api/gpus/{gpu}")).json()["running"])


async def wait_for_batch(http: httpx.AsyncClient, batch_id: str) -> dict[str, list[dict[str, str]]]:
    async def finished() -> dict[str, list[dict[str, str]]] | None:
        batch = (await http.get(f"/api/batches/{batch_id}")).json()
        return batch if batch["completed"] == batch["total"] else None

    return await eventually(finished, within=90, what="the batch is finished")
