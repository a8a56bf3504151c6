"""``vibes recipe``: what it shows of a picture, and what it says where that cannot be."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.client.conftest import Served
from tests.pictures import ramp, saved
from vibes.cli import app
from vibes.commands.common.console import notes, out
from vibes.documents.png_texts import with_text

A1111 = (
    "a lighthouse [dusk:night:0.5], <lora:sd15-ink-scetch:0.8>, a sky with many small clouds over the sea\n"
    "Negative prompt: people\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 18446744073709551615, "
    "Size: 512x768, Model hash: 879db523c3, Model: v1-5-pruned-emaonly, Version: v1.8.0"
)
GRAPH = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "mine.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["1", 1]}},
    "3": {"class_type": "EmptyLatentImage", "inputs": {"width": 640, "height": 512, "batch_size": 1}},
    "4": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["1", 0],
            "positive": ["2", 0],
            "negative": ["2", 0],
            "latent_image": ["3", 0],
            "seed": 5,
            "steps": 11,
            "cfg": 6.5,
            "sampler_name": "heun",
            "scheduler": "beta",
            "denoise": 1.0,
        },
    },
    "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
    "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": "x"}},
}


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "width", 80)
    monkeypatch.setattr(notes, "width", 80)
    monkeypatch.setattr(notes, "_force_terminal", True)


async def recipe(url: str, file: Path, *more: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["recipe", str(file), *more, "--url", url])


def written(folder: Path, content: bytes) -> Path:
    file = folder / "x.png"
    file.write_bytes(content)
    return file


def words_of(result: Result) -> str:
    """In lines that fit."""
    shown = re.sub(r"\x1b\[[0-9;]*m", "", result.output)
    assert max(map(len, shown.splitlines())) <= 80, shown
    return " ".join(shown.split())


async def test_a_picture_is_shown_with_its_files_and_near_names(served_hub: Served, tmp_path: Path) -> None:
    result = await recipe(served_hub.url, written(tmp_path, with_text(saved(ramp("RGB")), "parameters", A1111)))
    assert result.exit_code == 0, result.output
    told = words_of(result)
    assert "made with Automatic1111 v1.8.0" in told
    assert "prompt: a lighthouse [dusk:night:0.5]" in told
    assert "negative prompt: people" in told
    assert "seed 18446744073709551615" in told
    assert "v1-5-pruned-emaonly v1-5-pruned-emaonly.safetensors" in told
    assert "near: sd15-ink-sketch.safetensors" in told
    assert "note: the same seed draws another picture here" in told


async def test_a_graph_is_read_out_of_its_json_too_and_told_where_to_go(served_hub: Served, tmp_path: Path) -> None:
    for content in (json.dumps(GRAPH).encode(), with_text(saved(ramp("RGB")), "prompt", json.dumps(GRAPH))):
        told = words_of(await recipe(served_hub.url, written(tmp_path, content)))
        assert "made with ComfyUI" in told
        assert "prompt: a fox" in told
        assert "steps 11" in told
        assert "vibes workflows import takes the file" in told


async def test_json_is_the_hubs_answer(served_hub: Served, tmp_path: Path) -> None:
    picture = written(tmp_path, with_text(saved(ramp("RGB")), "parameters", A1111))
    result = await recipe(served_hub.url, picture, "--json")
    told = json.loads(result.stdout)
    assert (told["made_with"], told["settings"]["steps"]) == ("Automatic1111", 20)
    assert [each["kind"] for each in told["files"]] == ["model", "lora"]


async def test_what_tells_nothing_is_refused_in_words_that_fit(served_hub: Served, tmp_path: Path) -> None:
    for content, words in (
        (saved(ramp("RGB")), "take the file that the program itself saved"),
        (saved(ramp("RGB"), "JPEG"), "does not tell how it was made"),
        (b"hello", "the text does not tell how a picture was made"),
        (b"", "this is empty"),
        (b"PK\x03\x04" + b"\0" * 90, "what a picture was made with is read from a PNG, JPEG or WebP"),
    ):
        result = await recipe(served_hub.url, written(tmp_path, content))
        assert result.exit_code == 1, content[:10]
        assert words in words_of(result)
        assert "Traceback" not in result.output


async def test_a_file_that_cannot_be_read_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    for file, words in ((tmp_path / "nothing.png", "No such file"), (tmp_path, "Is a directory")):
        result = await recipe("http://127.0.0.1:9", file)
        assert result.exit_code == 2
        assert words in words_of(result)


async def test_a_hub_that_is_away_or_of_an_earlier_release_is_told(served_hub: Served, tmp_path: Path) -> None:
    picture = written(tmp_path, with_text(saved(ramp("RGB")), "parameters", A1111))
    away = await recipe("http://127.0.0.1:9", picture)
    assert (away.exit_code, "no hub answers at http://127.0.0.1:9" in words_of(away)) == (1, True)
    for path in ("earlier", "api/sessions"):  # where nothing is, and where something else is
        old = await recipe(f"{served_hub.url}/{path}", picture)
        assert (old.exit_code, "earlier release that reads no recipes" in words_of(old)) == (1, True)
