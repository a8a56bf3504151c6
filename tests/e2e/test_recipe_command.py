"""``vibes recipe`` as a person types it."""

import json
from pathlib import Path

import pytest

from tests.fakes import png
from tests.forked import forked_service
from tests.processes import run_vibes
from vibes.documents.png_texts import with_text
from vibes.workflows.importing.export_reading import MAX_PICTURE_BYTES

pytestmark = pytest.mark.processes

TEXT = (
    "a [red:blue:0.5] fox <lora:ink-sketch:0.7>\nNegative prompt: text\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768, Model: v1-5-pruned-emaonly"
)


async def test_a_recipe_is_shown_and_given_as_json_and_what_tells_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "drawn.png").write_bytes(with_text(png(), "parameters", TEXT))
    (tmp_path / "copied.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "photo.png").write_bytes(png())
    demo = ("demo", "--port", "0", "--time-scale", "0.02", "--no-browser", "--data", "data")
    async with forked_service(*demo, cwd=tmp_path) as hub:
        shown = await run_vibes("recipe", "drawn.png", "--url", hub.url, cwd=tmp_path)
        copied = await run_vibes("recipe", "copied.txt", "--json", "--url", hub.url, cwd=tmp_path)
        nothing = await run_vibes("recipe", "photo.png", "--url", hub.url, cwd=tmp_path)

    assert shown.status == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0] == "made with Automatic1111"
    assert "prompt: a [red:blue:0.5] fox" in lines, "brackets are no markup"
    assert "negative prompt: text" in lines
    assert [line.split() for line in lines if line.startswith("model ")] == [
        ["model", "v1-5-pruned-emaonly", "v1-5-pruned-emaonly.safetensors"]
    ]
    [lora] = [line for line in lines if line.startswith("lora ")]
    assert "no; near: sd15-ink-sketch.safetensors" in " ".join(lora.split())
    assert "seed 5" in shown.stdout
    assert any(line.startswith("note: ") for line in lines)
    told = json.loads(copied.stdout)
    assert (told["settings"]["seed"], told["settings"]["sampler"]) == (5, "euler_ancestral")
    assert (nothing.status, nothing.stdout) == (1, "")
    assert "does not tell how it was made" in nothing.stderr


@pytest.mark.parametrize("name", ["nowhere.png", "folder", "large.png"])
async def test_what_cannot_be_a_picture_is_told_before_a_hub_is_asked(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(MAX_PICTURE_BYTES + 1)

    asked = await run_vibes("recipe", name, "--url", "http://127.0.0.1:9", cwd=tmp_path)

    assert asked.status == 2
    assert asked.stderr.startswith(f"vibes: {name} ")
