"""The fleet's LoRAs are told with what their files say, asked for when somebody looks and remembered."""

import asyncio
import base64
import io
from collections import Counter
from functools import partial
from typing import Any

import pytest
from PIL import Image

from tests.api.conftest import Studio
from tests.fakes import FakeNode, png
from vibes.domain.errors import NodeUnreachable
from vibes.domain.prompting.lora_card import LoraCard, TriggerWord
from vibes.services.prompting import loras

INK = "sd15-ink-sketch.safetensors"
WATER = "sdxl-watercolor.safetensors"


class Files:
    """What the files say, whichever node is asked; counts who was."""

    def __init__(self) -> None:
        self.cards: dict[str, LoraCard] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self.broken: set[str] = set()
        self.silent: set[str] = set()

    async def tell(self, node: FakeNode, name: str) -> LoraCard | None:
        self.asked[node.config.id, name] += 1
        if node.config.id in self.broken:
            raise NodeUnreachable("no answer in time")
        if node.config.id in self.silent:
            await asyncio.Event().wait()
        return self.cards.get(name)


@pytest.fixture
def files(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Of the nodes, not of their class: whether a class can tell is remembered, also after this test."""
    files = Files()
    for node in studio.fleet.nodes.values():
        monkeypatch.setattr(node, "lora_card", partial(files.tell, node), raising=False)
    return files


async def listed(studio: Studio, **query: Any) -> dict[str, dict[str, Any]]:
    response = await studio.http.get("/api/loras", params=query)
    assert response.status_code == 200, response.text
    return {each["name"]: each for each in response.json()["loras"]}


async def test_cards_are_read_once_and_tell_family_words_and_a_small_picture(studio: Studio, files: Files) -> None:
    picture = base64.b64encode(png(size=(900, 600))).decode()
    files.cards[INK] = LoraCard(
        title="Ink",
        bases=("sdxl_base_v1-0",),
        trigger_words=(TriggerWord("ink (wash)", 12),),
        thumbnail=f"data:image/png;base64,{picture}",
    )
    first = await listed(studio)
    assert await listed(studio) == first
    ink, water = first[INK], first[WATER]
    assert (ink["family"], ink["title"], ink["told"]) == ("sdxl", "Ink", True)
    assert ink["trigger_words"] == [{"text": "ink (wash)", "insert": "ink \\(wash\\)", "count": 12}]
    kind, _, content = ink["thumbnail"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(content))).size == (256, 171)
    assert (water["family"], water["told"], water["trigger_words"]) == ("sdxl", True, [])
    assert files.asked == {("fast", INK): 1, ("fast", WATER): 1}
    assert (await studio.http.get(f"/api/loras/{INK}")).json() == ink
    assert list(await listed(studio, search="INK (W")) == [INK]
    assert list(await listed(studio, search="nothing like it")) == []
    assert list(await listed(studio, limit=1, offset=1)) == [WATER]
    missing = await studio.http.get("/api/loras/sd15-ink-sketsh.safetensors")
    assert missing.status_code == 404
    assert INK in missing.json()["detail"]


async def test_another_node_tells_what_one_does_not(studio: Studio, files: Files) -> None:
    files.cards[INK] = LoraCard(title="Ink")
    files.broken.add("fast")
    assert (await listed(studio))[INK]["title"] == "Ink"
    files.broken.add("slow")
    assert (await listed(studio))[INK]["title"] == "Ink", "what was told before stays"


async def test_a_node_that_never_answers_keeps_no_other_from_telling(
    studio: Studio, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.cards[INK] = LoraCard(title="Ink")
    files.silent.add("fast")
    with monkeypatch.context() as impatient:
        impatient.setattr(loras, "PATIENCE_SECONDS", 0.0)
        assert (await listed(studio))[INK]["told"] is False
    assert (await listed(studio))[INK]["title"] == "Ink"
    assert files.asked["fast", INK] == 1, "it is left alone for a while"


async def test_a_silent_fleet_is_told_apart_from_a_file_that_says_nothing(studio: Studio, files: Files) -> None:
    files.broken |= {"fast", "slow"}
    assert {each["told"] for each in (await listed(studio)).values()} == {False}
    asked = files.asked.total()
    await listed(studio)
    assert files.asked.total() == asked, "a node that does not answer is left alone for a while"


@pytest.mark.parametrize(
    "thumbnail", ["data:image/png;base64,AAAA", "data:image/png,x", "data:image/svg+xml;base64,PHN2Zz4="]
)
async def test_a_thumbnail_that_is_no_picture_is_left_out(studio: Studio, files: Files, thumbnail: str) -> None:
    files.cards[INK] = LoraCard(title="Ink", thumbnail=thumbnail)
    card = (await listed(studio))[INK]
    assert (card["title"], card["thumbnail"]) == ("Ink", "")


async def test_only_the_files_of_a_page_are_asked_about(studio: Studio, files: Files) -> None:
    files.cards[INK] = LoraCard(title="Ink")
    assert list(await listed(studio, limit=1)) == [INK]
    assert files.asked == {("fast", INK): 1}
    assert list(await listed(studio, limit=1, family="sdxl")) == [WATER], "others come last"
