"""Pictures of other programs, handed to a hub: their settings, and what of their files the fleet has."""

import json
from collections.abc import Collection
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.pictures import ramp, saved
from tests.unit.test_recipes_ui_files import OWN_SAMPLER, own_sampler_picture
from vibes.api.http.bodies import MAX_UPLOAD_BYTES
from vibes.documents.png_texts import with_text
from vibes.domain.prompting.lora_card import LoraCard

PNG = saved(ramp("RGB"))
A1111 = """a lighthouse, <lora:detail-tweaker:0.8>
Negative prompt: people
Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 18446744073709551615, Size: 512x768, Model hash: 879db523c3, \
Model: dreamshaper_8, Version: v1.8.0"""
PICTURE = with_text(PNG, "parameters", A1111)


async def test_a_picture_tells_its_settings_and_which_of_its_files_the_fleet_has(studio: Studio) -> None:
    response = await studio.http.post("/api/recipes", files={"file": ("Light House.png", PICTURE, "image/png")})
    assert response.status_code == 200, response.text
    recipe = response.json()
    assert (recipe["made_with"], recipe["version"], recipe["workflow"]) == ("Automatic1111", "v1.8.0", None)
    assert recipe["settings"] | {"checkpoint": None, "loras": None, "model_family": None} == {
        "prompt": "a lighthouse,",
        "negative_prompt": "people",
        "seed": "18446744073709551615",
        "width": 512,
        "height": 768,
        "steps": 20,
        "cfg_scale": 7.0,
        "sampler": "dpmpp_2m",
        "scheduler": "karras",
        "checkpoint": None,
        "loras": None,
        "model_family": None,
    }
    [model, lora] = recipe["files"]
    assert (model["kind"], model["name"], model["hash"]) == ("model", "dreamshaper_8", "879db523c3")
    assert (lora["kind"], lora["name"], lora["strength"]) == ("lora", "detail-tweaker", 0.8)


async def test_the_body_itself_may_be_the_picture_or_a_copied_text(studio: Studio) -> None:
    as_form = (await studio.http.post("/api/recipes", files={"file": ("x.png", PICTURE)})).json()
    for content, kind in (
        (PICTURE, "image/png"),
        (PICTURE, "application/octet-stream"),
        (A1111.encode(), "text/plain"),
    ):
        response = await studio.http.post("/api/recipes", content=content, headers={"Content-Type": kind})
        assert response.json() == as_form


async def test_what_tells_nothing_is_refused_with_a_sentence(studio: Studio) -> None:
    jpeg_xl = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 40
    for content, words in (
        (PNG, "does not tell how it was made"),
        (saved(ramp("RGB"), "JPEG"), "does not tell how it was made"),
        (jpeg_xl, "JPEG XL"),
        (b"hello", "the text does not tell"),
        (b"", "this is empty"),
    ):
        response = await studio.http.post("/api/recipes", files={"file": ("x", content)})
        assert (response.status_code, response.json()["code"]) == (422, "no_recipe"), content[:20]
        assert words in response.json()["detail"]
    missing = await studio.http.post("/api/recipes", files={"picture": ("x", PNG)})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "file")
    other = await studio.http.post("/api/recipes", content=b"x", headers={"Content-Type": "video/mp4"})
    assert (other.status_code, other.json()["code"]) == (415, "picture_required")
    claim = {"Content-Type": "image/png", "Content-Length": str(MAX_UPLOAD_BYTES + 1)}
    assert (await studio.http.post("/api/recipes", content=b"x", headers=claim)).status_code == 413


async def test_the_graph_in_a_picture_comes_with_it_and_can_be_imported(studio: Studio) -> None:
    graph = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "x.safetensors"}, "is_changed": [1]},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 640, "height": 512, "batch_size": 1}},
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["2", 0],
                "latent_image": ["4", 0],
                "seed": 5,
                "steps": 11,
                "cfg": 6.5,
                "sampler_name": "heun",
                "scheduler": "beta",
                "denoise": 1.0,
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "x"}},
    }
    text = json.dumps(graph).replace("[1]", "[NaN]")
    picture = with_text(PNG, "prompt", text)
    response = await studio.http.post("/api/recipes", files={"file": ("My Fox!.png", picture)})
    recipe = response.json()
    assert recipe["made_with"] == "ComfyUI"
    assert recipe["settings"]["prompt"] == "a fox"
    assert (recipe["settings"]["seed"], recipe["settings"]["scheduler"]) == (5, "beta")
    assert (recipe["workflow"]["format"], recipe["workflow"]["name"]) == ("api", "my_fox")
    body = {"name": recipe["workflow"]["name"], "graph": json.loads(recipe["workflow"]["document"])}
    imported = await studio.http.post("/api/workflows/import", json=body)
    assert imported.status_code == 201, imported.text


async def test_graph_nodes_that_a_machine_has_are_read_as_it_tells(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[frozenset[str]] = []

    async def declarations(classes: Collection[str]) -> dict[str, Any]:
        asked.append(frozenset(classes))
        return {"OwnSampler": OWN_SAMPLER}

    [node, *_] = studio.fleet.nodes.values()
    monkeypatch.setattr(node, "declarations", declarations, raising=False)
    response = await studio.http.post("/api/recipes", files={"file": ("x.png", own_sampler_picture())})
    settings = response.json()["settings"]
    assert (settings["steps"], settings["cfg_scale"]) == (14, 6.5)
    await studio.http.post("/api/recipes", files={"file": ("x.png", PICTURE)})
    assert asked == [{"OwnSampler"}], "nobody is asked about a picture without such graph nodes"


async def test_a_lora_of_another_name_is_found_by_its_hash(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    digits = {"sdxl-watercolor.safetensors": "0123456789abcdef" * 4, "sd15-ink-sketch.safetensors": "f" * 64}
    asked: list[str] = []

    async def card(name: str) -> LoraCard | None:
        asked.append(name)
        return LoraCard(hash=digits[name])

    for node in studio.fleet.nodes.values():
        monkeypatch.setattr(node, "lora_card", card, raising=False)

    async def told(hashes: str) -> tuple[list[str | None], str]:
        text = f'a fox <lora:sd15-ink-sketch:1>\nSteps: 2, Seed: 1, Lora hashes: "{hashes}", Version: v1.8.0'
        recipe = (await studio.http.post("/api/recipes", files={"file": ("x", text.encode())})).json()
        return [each["on_fleet"] for each in recipe["files"]], " ".join(recipe["notes"])

    assert (await told("sd15-ink-sketch: ffffffffffff"))[0] == ["sd15-ink-sketch.safetensors"]
    assert asked == ["sd15-ink-sketch.safetensors"], "what its name leads to is asked about first"
    files, notes = await told("aquarelle: 0123456789ab, sd15-ink-sketch: eeeeeeeeeeee")
    assert files == ["sd15-ink-sketch.safetensors", "sdxl-watercolor.safetensors"]
    assert "another file" in notes
    assert len(asked) == 2


@pytest.mark.parametrize("wrapper", ["input", "payload"])
async def test_a_whole_request_tells_the_graph_that_it_asks_for(studio: Studio, wrapper: str) -> None:
    inputs = {"seed": 5, "steps": 11, "cfg": 6.5, "sampler_name": "heun", "scheduler": "beta", "denoise": 1.0}
    graph = {"5": {"class_type": "KSampler", "inputs": inputs}}
    body = json.dumps({wrapper: {"workflow": graph}, "client_id": "0af3"}).encode()
    response = await studio.http.post("/api/recipes", files={"file": ("asked.json", body)})
    recipe = response.json()
    assert (response.status_code, recipe["made_with"]) == (200, "ComfyUI"), recipe
    assert recipe["workflow"]["format"] == "api"
    assert json.loads(recipe["workflow"]["document"]) == graph
