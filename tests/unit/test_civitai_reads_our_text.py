"""What Civitai makes of a stored picture, by an independent reader of its rules."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from tests.factories import make_lora, make_spec
from tests.unit.civitai_reader import CivitaiReads, read_as_civitai
from vibes.recipes.reading import recipe_of, told_hidden
from vibes.services.media.image_metadata import Hashes, a1111_parameters
from vibes.services.media.image_store import new_image

DIGITS = "0123456789abcdef" * 4
MODEL_DIGITS = "fedcba9876543210" * 4


def stored(hashes: Hashes | None = None, *, graph: bool = True, **spec: Any) -> CivitaiReads:
    """A picture with a graph and the editor's file, as ComfyUI writes both, is stored and read."""
    texts = PngImagePlugin.PngInfo()
    if graph:
        texts.add_text("prompt", '{"1": {"class_type": "KSampler", "inputs": {}}}')
        texts.add_text("workflow", '{"nodes": [], "links": []}')
    encoded = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(encoded, "PNG", pnginfo=texts)
    text = a1111_parameters(make_spec(**spec), hashes)
    return read_as_civitai(texts_of(new_image(encoded.getvalue(), text).file.content))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_picture_of_another_type_tells_the_same(kind: str) -> None:
    encoded = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(encoded, kind)
    text = a1111_parameters(make_spec(prompt="灯台 and a fox", loras=(make_lora(),)))
    with Image.open(io.BytesIO(new_image(encoded.getvalue(), text).file.content)) as picture:
        comment = picture.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment]
    assert comment[:8] == b"UNICODE\0"
    read = read_as_civitai({}, user_comment=comment[8:].decode("utf-16-be"))
    assert read == read_as_civitai({"parameters": text})
    assert read.values["prompt"].startswith("灯台")


def texts_of(png: bytes) -> Mapping[str, str]:
    with Image.open(io.BytesIO(png)) as picture:
        picture.load()
        return {str(name): text for name, text in picture.info.items() if isinstance(text, str)}


def test_our_text_counts_before_the_graph_and_tells_everything() -> None:
    loras = (make_lora("styles/film_grain.safetensors"), make_lora("ink wash.safetensors"))
    names = {each.name: DIGITS for each in loras}
    read = stored(Hashes(names, MODEL_DIGITS), loras=loras, denoise_strength=0.5)
    assert read.reader == "automatic"
    assert read.values == {
        "prompt": "a lighthouse in fog <lora:film_grain:0.8> <lora:ink wash:0.8>",
        "negativePrompt": "blurry",
        "steps": "20",
        "sampler": "Euler",
        "Schedule type": "Normal",
        "cfgScale": "7",
        "seed": "42",
        "width": 1024,
        "height": 1024,
        "Model hash": "fedcba987654",
        "Model": "sd_xl_base_1.0",
        "Denoising strength": "0.5",
        "Version": "Vibes ImGen",
    }
    assert read.resource("film_grain") == {
        "type": "lora",
        "name": "film_grain",
        "weight": 0.8,
        "hash": "0123456789ab",
    }
    assert read.resource("ink wash") == {"type": "lora", "name": "ink wash", "hash": "0123456789ab"}
    assert read.resource("sd_xl_base_1.0") == {"type": "model", "name": "sd_xl_base_1.0", "hash": "fedcba987654"}
    assert read.hashes == {
        "lora:film_grain": "0123456789ab",
        "lora:ink wash": "0123456789ab",
        "model": "fedcba987654",
    }


def test_a_picture_without_steps_is_left_to_its_graph() -> None:
    assert stored(steps=None).reader == "comfy"
    assert stored(steps=None, graph=False).reader == ""


def test_without_a_negative_prompt_there_is_none() -> None:
    assert stored(negative_prompt="").values["negativePrompt"] == ""


@pytest.mark.parametrize(
    "prompt",
    [
        "a harbour,\nat night\n\nin rain",
        'a sign that says "open: all day, every day"',
        "a recipe card\nSteps: 3, Seed: 9, beat the eggs",
        "a form\nTemplate: letter\nno colon here\nby hand",
        "a form\nNegative Template: letter\nno colon here",
        "Hashes: {nothing}, Resources: none",
        "灯台、霧の中",
    ],
)
def test_whatever_stands_in_the_prompt_no_setting_is_lost(prompt: str) -> None:
    read = stored(prompt=prompt, loras=(make_lora(),), negative_prompt=f"{prompt}, blurry")
    assert (read.values["seed"], read.values["steps"], read.values["Model"]) == ("42", "20", "sd_xl_base_1.0")
    lines = [line.strip() for line in prompt.split("\n") if line.strip()]
    assert [line.strip() for line in read.values["prompt"].removesuffix(" <lora:film_grain:0.8>").split("\n")] == lines
    assert read.resource("film_grain") is not None


@pytest.mark.parametrize("name", ['my "best", model: v2.safetensors', "a\nb.ckpt", "{x}.safetensors", '"".ckpt'])
def test_a_file_of_any_name_loses_nothing_else(name: str) -> None:
    read = stored(Hashes({name: DIGITS}, MODEL_DIGITS), checkpoint=name, loras=(make_lora(name), make_lora()))
    assert read.reader == "automatic"
    assert read.hashes["model"] == "fedcba987654"
    assert (read.values["seed"], read.values["Version"]) == ("42", "Vibes ImGen")
    assert read.resource("film_grain") is not None


_WORDS = st.text(st.sampled_from('aZ é\n\t,:"{}[]()<>\\') | st.characters(codec="utf-8"), max_size=40)


@given(prompt=_WORDS, negative=_WORDS, name=_WORDS)
@example(prompt="Steps: 1", negative="Steps: 2", name="Steps: 3")
@example(prompt="{red|blue} fox", negative="{", name="{}")
@example(prompt="\rSteps: 1", negative="\u2028Steps: 2", name="x\u2028")
def test_both_readers_find_the_settings_behind_any_words(prompt: str, negative: str, name: str) -> None:
    text = a1111_parameters(
        make_spec(prompt=prompt, negative_prompt=negative, checkpoint=f"{name}.ckpt", loras=(make_lora(name),)),
        Hashes({name: DIGITS}, MODEL_DIGITS),
    )
    read = read_as_civitai({"parameters": text})
    assert (read.values["seed"], read.values["steps"], read.hashes["model"]) == ("42", "20", "fedcba987654")
    ours = recipe_of(told_hidden(text))
    assert ours is not None
    assert (ours.settings.seed, ours.settings.steps, ours.settings.cfg_scale) == (42, 20, 7)


# The reader itself, by texts of other programs.


def test_the_reader_takes_apart_what_others_write() -> None:
    text = (
        "a fox <lora:ink:1> <hypernet:old:0.5>\nTemplate: a {kind}\nmore of it\nNegative prompt: people\n"
        'Steps: 20, Sampler: Euler a, Created Date: 2024-01-01T10:20:30.4Z, Hashes: {"model": "aaaaaaaaaa", '
        '"lora:ink": "bbbbbbbbbb"}, Seed: 7, Lora hashes: "ink: cccccccccccc, wash: dddddddddddd", Version: v1.9'
    )
    read = read_as_civitai({"parameters": text, "prompt": "{}", "workflow": "{}"})
    assert (read.values["prompt"], read.values["negativePrompt"]) == ("a fox <lora:ink:1> <hypernet:old:0.5>", "people")
    assert read.values["Created Date"].startswith("2024-01-01T10")
    assert read.hashes == {"model": "aaaaaaaaaa", "lora:ink": "cccccccccccc", "lora:wash": "dddddddddddd"}
    assert [each["name"] for each in read.resources] == ["ink", "old", "wash"]
    assert read_as_civitai({}, user_comment=text) == read, "what a JPEG says counts where there is no PNG's text"
    quoted = text.replace("Seed: 7", 'Seed: 7, Model hash: eeeeeeeeee, Model: "one, two"')
    assert read_as_civitai({"parameters": quoted}).reader == "", "a model's name in quotes makes it forget everything"
