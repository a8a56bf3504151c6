"""The prompt that a picture's file tells: of ComfyUI, A1111 and others, in PNG, JPEG and WebP."""

import json
from struct import pack
from typing import Any

import pytest
from PIL import Image

from tests.pictures import chunk, ramp, saved
from vibes.documents.png_texts import with_text
from vibes.domain.pictures.spec import GenerationSpec, Operation, TaskType
from vibes.recipes.reading import WrittenPrompt, written_prompt
from vibes.recipes.recipe import MAX_PROMPT
from vibes.services.media.image_metadata import a1111_parameters

PNG = saved(ramp("RGB"))
A1111 = """a (lighthouse:1.2) on a cliff, <lora:ink:0.8>
second line
Negative prompt: people,
text
Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"""
TOLD = WrittenPrompt("a (lighthouse:1.2) on a cliff,\nsecond line", "people,\ntext")


def graph(prompt: Any = "a fox", negative: str = "text") -> dict[str, Any]:
    return {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "x.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": prompt, "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": negative, "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["3", 0],
                "latent_image": ["4", 0],
                "seed": 1,
                "steps": 20,
                "cfg": 7.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1.0,
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "x"}},
    }


PNGS = {
    "A1111": ("parameters", A1111, TOLD),
    "A1111 without a negative prompt": ("parameters", "a cat\nSteps: 9, Seed: 1", WrittenPrompt("a cat", "")),
    "a prompt that speaks of steps": (
        "parameters",
        "Steps: wooden ones\nSteps: 9, Seed: 1",
        WrittenPrompt("Steps: wooden ones", ""),
    ),
    "ComfyUI": ("prompt", json.dumps(graph()), WrittenPrompt("a fox", "text")),
    "Fooocus": (
        "parameters",
        '{"prompt": "a cat", "negative_prompt": "text", "base_model": "x", "performance": "Speed"}',
        WrittenPrompt("a cat", "text"),
    ),
    "nobody known": ("parameters", '{"prompt": "a cat", "negative_prompt": "text"}', WrittenPrompt("a cat", "text")),
    "SwarmUI": (
        "parameters",
        '{"sui_image_params": {"prompt": "a cat", "negativeprompt": "text"}}',
        WrittenPrompt("a cat", "text"),
    ),
    "InvokeAI": ("invokeai_metadata", '{"positive_prompt": "a cat"}', WrittenPrompt("a cat", "")),
    "NovelAI": ("Comment", '{"prompt": "a cat", "uc": "text"}', WrittenPrompt("a cat", "text")),
}


@pytest.mark.parametrize(("keyword", "text", "told"), PNGS.values(), ids=list(PNGS))
def test_a_png_tells_its_prompt(keyword: str, text: str, told: WrittenPrompt) -> None:
    assert written_prompt(with_text(PNG, keyword, text)) == told


def test_a_picture_of_this_hub_tells_what_it_was_asked_for() -> None:
    spec = GenerationSpec(
        workflow="x",
        operation=Operation.TXT2IMG,
        task_type=TaskType.DRAFT,
        model_family="sd15",
        prompt="a lighthouse",
        negative_prompt="text",
        seed=7,
        steps=20,
    )
    assert written_prompt(with_text(PNG, "parameters", a1111_parameters(spec))) == WrittenPrompt("a lighthouse", "text")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("text", ["utf-16-be", "utf-16-le", "ascii"])
def test_a_jpeg_and_a_webp_tell_it_in_a_users_comment_however_it_is_written(kind: str, text: str) -> None:
    exif = Image.Exif()
    code = b"ASCII\0\0\0" if text == "ascii" else b"UNICODE\0"
    exif.get_ifd(0x8769)[0x9286] = code + A1111.encode(text)
    assert written_prompt(saved(ramp("RGB"), kind, exif=exif.tobytes())) == TOLD


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_jpeg_and_a_webp_of_comfyuis_savers_tell_it_by_their_graph(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0110] = "prompt:" + json.dumps(graph())
    assert written_prompt(saved(ramp("RGB"), kind, exif=exif.tobytes())) == WrittenPrompt("a fox", "text")


SILENT = {
    "no text": PNG,
    "no picture": b"hello",
    "nothing": b"",
    "words in the wrong place": with_text(PNG, "parameters", "made by me"),
    "a cut graph": with_text(PNG, "prompt", json.dumps(graph())[:-40]),
    "a list": with_text(PNG, "prompt", "[1, 2]"),
    "endless brackets": with_text(PNG, "prompt", '{"a":' * 100_000),
    "a graph without a prompt": with_text(PNG, "prompt", json.dumps(graph(prompt=["1", 0]))),
    "a graph of too many graph nodes": with_text(
        PNG, "prompt", json.dumps({str(n): {"class_type": "X", "inputs": {}} for n in range(600)})
    ),
    "numbers": with_text(PNG, "parameters", '{"prompt": 3}'),
    "an empty prompt": with_text(PNG, "parameters", "\nSteps: 9, Seed: 1"),
    "a broken comment": b"\xff\xd8\xff\xe1" + pack(">H", 40) + b"Exif\0\0II*\0" + b"\xff" * 28 + b"\xff\xd9",
    "a damaged text": PNG[:33] + chunk(b"zTXt", b"parameters\0\0broken") + PNG[33:],
}


@pytest.mark.parametrize("content", SILENT.values(), ids=list(SILENT))
def test_a_file_that_tells_none_tells_none(content: bytes) -> None:
    assert written_prompt(content) is None


def test_a_better_told_prompt_goes_before_the_graph_and_long_ones_are_cut() -> None:
    both = with_text(with_text(PNG, "prompt", json.dumps(graph())), "parameters", A1111)
    assert written_prompt(both) == TOLD
    long = written_prompt(with_text(PNG, "parameters", f"{'x' * 50_000}\nSteps: 9, Seed: 1"))
    assert long is not None
    assert len(long.prompt) == MAX_PROMPT
