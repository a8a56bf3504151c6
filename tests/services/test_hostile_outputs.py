"""A node that took the prompt and says that it is done: whatever it shows as its picture, the hub goes on."""

import logging
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from pathlib import Path

import pytest

from tests.hostile_node import HostileNode, hostile_node, image, picture, with_chunk
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.generation import Generation, GenerationStatus
from vibes.nodes.comfyui.node import comfyui_node_factory
from vibes.nodes.comfyui.transport.http import HttpLimits

COMPLETE, FAILED = GenerationStatus.COMPLETE, GenerationStatus.FAILED
LIMITS = HttpLimits(image_bytes=8 * 2**20)


@asynccontextmanager
async def hub_over(folder: Path, node: HostileNode) -> AsyncIterator[Hub]:
    async with hostile_node(node) as fleet:
        settings = settings_for(folder, fleet=fleet)
        async with open_hub(settings, comfyui_node_factory(limits=LIMITS)) as hub:
            yield hub


async def drawn(hub: Hub) -> Generation:
    [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
    return generation


HARMLESS = {
    "a name that climbs out of the folder": HostileNode(images=[image("../../../../etc/passwd", "../../..")]),
    "a name with a header in it": HostileNode(images=[image("a\r\nX-Evil: 1", "&type=input")]),
    "a text that unpacks to 200 MB": HostileNode(
        view=with_chunk(b"zTXt", b"prompt\0\0" + zlib.compress(bytes(200 * 2**20)))
    ),
    "a text of 5 MB": HostileNode(view=with_chunk(b"tEXt", b"prompt\0" + b"x" * 5 * 2**20)),
    "a graph of 100,000 brackets": HostileNode(view=with_chunk(b"tEXt", b"prompt\0" + b"[" * 100_000 + b"]" * 100_000)),
    "a graph that is no graph": HostileNode(view=with_chunk(b"tEXt", b'prompt\0{"a": NaN, "<script>": 1e999}')),
}


@pytest.mark.parametrize("node", HARMLESS.values(), ids=HARMLESS)
async def test_what_harms_nobody_is_taken_and_its_graph_is_the_one_that_was_sent(
    tmp_path: Path, node: HostileNode, caplog: pytest.LogCaptureFixture
) -> None:
    node = deepcopy(node)
    async with hub_over(tmp_path, node) as hub:
        generation = await drawn(hub)
        graph = await hub.gallery.graph(generation.id)
    assert generation.status is COMPLETE
    assert any(each["class_type"] == "KSampler" for each in graph.values())
    assert len(node.views) == 1
    assert node.views[0].query["type"] == "output"
    assert "X-Evil" not in node.views[0].headers
    assert node.paths <= {"/ws", "/prompt", "/view", "/queue", "/system_stats", "/object_info"} | {
        path
        for path in node.paths
        if path.startswith(("/history/", "/features", "/api/jobs", "/embeddings", "/view_metadata/"))
    }
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


REFUSED = {
    "nothing was saved": (HostileNode(images=[]), "the graph ended without a saved image"),
    "5,000 pictures": (HostileNode(images=[image(f"{n}.png") for n in range(5000)]), "saves 5,000 files at once"),
    "a QuickTime film": (HostileNode(view=b"\0\0\0\x14ftypqt  \0\0\0\0qt  "), "saves qt (ISO media) files"),
    "sound": (HostileNode(view=b"fLaC" + bytes(100), content_type="audio/flac"), "saves FLAC files"),
    "a drawing": (
        HostileNode(
            images=[image("x.svg")], view=b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml"
        ),
        "saves .svg files; the hub keeps PNG",
    ),
    "a text": (HostileNode(images=[image("x.txt")], view=b"a cat", content_type="text/plain"), "saves .txt files"),
    "a newer kind of picture": (
        HostileNode(images=[image("X.AVIF")], view=b"\0\0\0 ftypavif"),
        "saves avif (ISO media) files",
    ),
    "a name that ComfyUI hands out to nobody": (
        HostileNode(images=[image("a..b.png")], status=400),
        "saves a file as 'a..b.png', but ComfyUI hands out none with '..' in its name",
    ),
    "a picture without end": (HostileNode(endless=True), "the answer is larger than 8 MiB"),
    "a header of 100,000 pixels a side": (
        HostileNode(view=picture()[:16] + struct.pack(">II", 100_000, 100_000) + picture()[24:]),
        "100000x100000 pixels",
    ),
}


@pytest.mark.parametrize(("node", "reason"), REFUSED.values(), ids=REFUSED)
async def test_what_no_other_try_would_change_fails_with_its_reason(
    tmp_path: Path, node: HostileNode, reason: str
) -> None:
    async with hub_over(tmp_path, node) as hub:
        generation = await drawn(hub)
    assert generation.status is FAILED
    assert reason in (generation.error_message or "")
    if "saves" in reason:
        assert len(node.views) <= 1, "it was asked for once, and the node was not blamed"


BROKEN = {
    "SVG that says to be PNG": HostileNode(view=b"<svg onload=alert(1)>"),
    "HTML that says to be PNG": HostileNode(view=b"<script>alert(1)</script>"),
    "HTML": HostileNode(view=b"<script>alert(1)</script>", content_type="text/html"),
    "PostScript": HostileNode(view=b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "cut short": HostileNode(view=picture()[:-20]),
    "a film cut short": HostileNode(view=b"\0\0\0\x18ftypisom\0\0\0\0isom", content_type="video/mp4"),
    "cut short, with an end": HostileNode(view=picture()[:-40] + picture()[-12:]),
    "nothing": HostileNode(view=b""),
    "a way to a file": HostileNode(redirect="file:///etc/passwd"),
    "a way to another path": HostileNode(redirect="/secret"),
}


@pytest.mark.parametrize("node", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_picture_is_tried_again_and_comes_when_the_node_is_well(
    tmp_path: Path, node: HostileNode, caplog: pytest.LogCaptureFixture
) -> None:
    node = deepcopy(node)
    async with hub_over(tmp_path, node) as hub:
        submission = await hub.generations.submit(request())
        await eventually(lambda: len(node.views) >= 1)
        node.turn_good()
        [generation] = await finished(hub, submission.batch.id)
        files = {
            path.suffix for path in (tmp_path / "data").rglob("*") if path.is_file() and "vibes.db" not in path.name
        }
    assert generation.status is COMPLETE
    assert "/secret" not in node.paths
    assert files <= {".png", ".jpg", ".webp", ""}
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
