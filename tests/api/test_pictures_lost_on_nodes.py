"""Input pictures that a node loses before the prompt that needs them arrives are brought again."""

from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.api.machines import DREAMSHAPER, ask, drawn, machines
from tests.fakes import png
from vibes.domain.ids import NodeId
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.ports.orders import InputImage

HAS_SD15 = {"checkpoints": [DREAMSHAPER]}


async def uploaded(studio: Studio, colour: tuple[int, int, int]) -> str:
    made = await studio.http.post("/api/artifacts", files={"file": ("x", png(colour, (512, 512)))})
    return f"artifact:{made.json()['artifact_id']}"


async def inpainting(studio: Studio) -> dict[str, Any]:
    pictures = {"image": await uploaded(studio, (200, 20, 20)), "mask": await uploaded(studio, (255, 255, 255))}
    return {"workflow": "sd15_inpaint", "parameters": pictures, "seed": 3}


class Forgetful:
    """Another prompt is refused on the node while each of the first pictures is on its way: what was brought before
    counts no more."""

    def __init__(self, node: ComfyUINode, times: int) -> None:
        self._node = node
        self._bring = node.bring
        self.times = times
        self.brought: list[str] = []

    async def bring(self, image: InputImage) -> None:
        self.brought.append(image.digest)
        if self.times:
            self.times -= 1
            self._node.forget_images()
        await self._bring(image)


def forgetful(studio: Studio, monkeypatch: pytest.MonkeyPatch, times: int) -> Forgetful:
    client = studio.hub.supervisor.get(NodeId("n0")).client
    assert isinstance(client, ComfyUINode)
    line = Forgetful(client, times)
    monkeypatch.setattr(client, "bring", line.bring)
    return line


async def test_a_picture_that_is_lost_while_another_is_brought_is_brought_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with machines(tmp_path, HAS_SD15) as studio:
        line = forgetful(studio, monkeypatch, times=2)
        await drawn(studio, **await inpainting(studio))
    image, mask, again = line.brought
    assert image == again != mask


async def test_a_node_that_goes_on_losing_them_loses_the_attempt_and_no_job_fails_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with machines(tmp_path, HAS_SD15) as studio:
        line = forgetful(studio, monkeypatch, times=6)
        status, batch = await ask(studio, **await inpainting(studio))
        assert status == 202, batch
        [generation] = (await studio.finished_batch(batch["batch_id"]))["generations"]
    assert generation["status"] == "complete", generation
    assert not line.times
