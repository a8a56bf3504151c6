"""What the machine does without a hub: the same pictures from the same nodes, fetched, decoded, kept, and nothing else.

No queue, no plan, no database, no event: the bound that a hub on the same cores is held against. In its own process,
as a hub is, and on the way that ComfyUI offers: POST, history, view.
"""

import asyncio
import io
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from PIL import Image

from tests.waiting import eventually
from vibes.environment.durable_files import fsync_folder, write_durably

AT_A_TIME = 2
"""Pictures of a node that are under way: one is drawn while the one before is fetched, as a hub does it."""
LOOK_SECONDS = 0.002
"""Between two looks into a node's history."""
THUMBNAIL_SIDE, THREADS = 256, 4


async def rate(graph: Mapping[str, Any], nodes: Sequence[str], count: int, folder: Path) -> float:
    """Images a second for ``count`` images by these nodes, written below ``folder``."""
    (folder / "graph.json").write_text(json.dumps(graph), encoding="utf-8")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(folder), str(count), *nodes), stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await child.communicate()
    return float(answer)


async def _run(graph: Mapping[str, Any], nodes: Sequence[str], count: int, folder: Path) -> float:
    seeds = iter(range(1, count + 1))
    with ThreadPoolExecutor(THREADS) as threads:
        async with aiohttp.ClientSession() as http:
            began = time.monotonic()
            await asyncio.gather(
                *(_draw(http, node, graph, seeds, folder, threads) for node in nodes for _ in range(AT_A_TIME))
            )
            return count / (time.monotonic() - began)


async def _draw(
    http: aiohttp.ClientSession,
    node: str,
    graph: Mapping[str, Any],
    seeds: Iterator[int],
    folder: Path,
    threads: ThreadPoolExecutor,
) -> None:
    for seed in seeds:
        prompt_id = str(uuid4())
        body = {"prompt": _seeded(graph, seed), "prompt_id": prompt_id}
        async with http.post(f"{node}/prompt", json=body) as answer:
            answer.raise_for_status()
        image = await _image(http, node, prompt_id)
        async with http.get(f"{node}/view", params=image) as answer:
            content = await answer.read()
        await asyncio.get_running_loop().run_in_executor(threads, _keep, content, folder, prompt_id)


async def _image(http: aiohttp.ClientSession, node: str, prompt_id: str) -> Mapping[str, str]:
    async def outputs() -> Mapping[str, Any] | None:
        async with http.get(f"{node}/history/{prompt_id}") as answer:
            history = await answer.json()
        return history[prompt_id]["outputs"] if prompt_id in history else None

    ended = await eventually(outputs, every=LOOK_SECONDS, what="the node draws it")
    [image] = [image for output in ended.values() for image in output.get("images", ())]
    return {"filename": image["filename"], "subfolder": image["subfolder"], "type": image["type"]}


def _seeded(graph: Mapping[str, Any], seed: int) -> Mapping[str, Any]:
    """A graph that is known already would be answered out of the node's cache."""
    return {
        name: {**graph_node, "inputs": {**graph_node["inputs"], "seed": seed}}
        if "seed" in graph_node["inputs"]
        else graph_node
        for name, graph_node in graph.items()
    }


def _keep(content: bytes, folder: Path, name: str) -> None:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BILINEAR, reducing_gap=1.0)
    thumbnail = io.BytesIO()
    picture.convert("RGB").save(thumbnail, "JPEG", quality=85)
    write_durably(folder / f"{name}_thumb.jpg", thumbnail.getvalue())
    write_durably(folder / f"{name}.png", content)
    fsync_folder(folder)


def main() -> None:
    folder, count, *nodes = sys.argv[1:]
    graph = json.loads((Path(folder) / "graph.json").read_text(encoding="utf-8"))
    print(asyncio.run(_run(graph, nodes, int(count), Path(folder))))  # noqa: T201 - the answer to the process that asked


if __name__ == "__main__":
    main()
