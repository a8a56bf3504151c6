"""Pictures keep every byte of the node's, gain the A1111 text, and land whole or not at all."""

import io
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tests.factories import make_image, make_lora, make_spec
from tests.fakes import png
from tests.pictures import image_store
from vibes.documents.image_header import MAX_PIXELS
from vibes.documents.png_chunks import without_tail
from vibes.documents.png_texts import with_text
from vibes.domain.errors import NodeMisbehaved, NotFound, OutputRefused, StorageUnavailable
from vibes.domain.generation import StoredImage
from vibes.domain.ids import GenerationId, SessionId
from vibes.recipes.reading import read_recipe
from vibes.recipes.samplers import sampling_of
from vibes.services.media import examination
from vibes.services.media.examination import examine
from vibes.services.media.image_metadata import SAMPLERS, SCHEDULERS, Hashes, a1111_parameters
from vibes.services.media.image_store import new_image

SESSION, GENERATION = SessionId("session"), GenerationId("generation")


def comfy_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", '{"1": {"class_type": "KSampler"}}')
    encoded = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(encoded, "PNG", pnginfo=info)
    return encoded.getvalue()


def test_the_text_is_laid_out_as_a1111_reads_it() -> None:
    spec = make_spec(loras=(make_lora("film_grain.safetensors"),), denoise_strength=0.5)
    assert a1111_parameters(spec).splitlines() == [
        "a lighthouse in fog <lora:film_grain:0.8>",
        "Negative prompt: blurry",
        "Steps: 20, Sampler: Euler, Schedule type: Normal, CFG scale: 7, Seed: 42, Size: 1024x1024, "
        "Model: sd_xl_base_1.0, Denoising strength: 0.5, Version: Vibes ImGen",
    ]


def test_loras_are_named_as_sites_find_them_and_what_is_written_is_read_again() -> None:
    digits = "0123456789abcdef" * 4
    loras = (make_lora("styles/film_grain.safetensors"), make_lora("ink.safetensors"), make_lora("a, b.safetensors"))
    spec = make_spec(loras=loras, checkpoint="XL\\sd_xl.v1.safetensors")
    text = a1111_parameters(spec, Hashes({"styles/film_grain.safetensors": digits, "a, b.safetensors": digits}))
    assert "<lora:film_grain:0.8> <lora:ink:0.8>" in text
    assert "Model: sd_xl.v1, " in text
    assert 'Lora hashes: "film_grain: 0123456789ab, a_ b: 0123456789ab", Version' in text
    recipe = read_recipe(with_text(comfy_png(), "parameters", text))
    assert recipe is not None
    assert (recipe.made_with, recipe.settings.sampler, recipe.settings.scheduler) == ("Vibes ImGen", "euler", "normal")
    hashes = {each.name: each.hash for each in recipe.files}
    assert hashes["film_grain"] == "0123456789ab"
    assert hashes["ink"] is None


def test_loras_that_an_imported_workflow_loads_itself_are_told_too() -> None:
    own = {"built_in_lora": "ink.safetensors", "built_in_lora_strength": 0.4, "built_in_lora_2": "fog.safetensors"}
    none = {"built_in_lora_3": "None", "built_in_lora_4": "off.safetensors", "built_in_lora_4_strength": 0.0}
    spec = make_spec(loras=(make_lora("film_grain.safetensors"),), parameters={**own, **none})
    text = a1111_parameters(spec, Hashes({"ink.safetensors": "0123456789abcdef" * 4}))
    assert text.startswith("a lighthouse in fog <lora:film_grain:0.8> <lora:ink:0.4> <lora:fog:1>\n")
    assert 'Lora hashes: "ink: 0123456789ab"' in text


@pytest.mark.parametrize("names", [SAMPLERS, SCHEDULERS], ids=["samplers", "schedulers"])
def test_each_name_that_is_written_is_read_as_the_one_it_stands_for(names: dict[str, str]) -> None:
    for own, theirs in names.items():
        read = sampling_of(theirs) if names is SAMPLERS else sampling_of("Euler", theirs)
        assert own in read, theirs


@given(st.text(max_size=200))
def test_any_text_goes_in_without_touching_another_byte(text: str) -> None:
    before = comfy_png()
    after = with_text(before, "parameters", text)
    start = before[:33]
    assert after.startswith(start)
    assert after.endswith(before[33:])
    with Image.open(io.BytesIO(after)) as picture:
        picture.load()
        assert picture.info["prompt"] == '{"1": {"class_type": "KSampler"}}'
        assert picture.info["parameters"] == text.encode("utf-8", "replace").decode()


async def test_a_saved_picture_can_be_opened_and_is_named_by_ids_only(tmp_path: Path) -> None:
    store = image_store(tmp_path)
    (stored,) = await store.save(SESSION, GENERATION, [await store.examine(comfy_png(), "a cat")])
    assert stored.image_path == "session/generation.png"
    assert (stored.width, stored.height) == (300, 200)
    with Image.open(tmp_path / stored.image_path) as picture:
        assert picture.info["parameters"] == "a cat"
        assert "prompt" in picture.info
    with Image.open(tmp_path / stored.thumbnail_path) as thumbnail:
        assert thumbnail.size == (256, 171)
    assert names_in(tmp_path / "session") == ["generation.png", "generation_thumb.jpg"]
    assert (stored,) == await store.save(SESSION, GENERATION, [await store.examine(comfy_png(), "a cat")]), (
        "the same bytes again"
    )


@pytest.mark.parametrize(
    "tail", [b"\0" * 4096, b"PK\x03\x04 an archive", png(), b"IEND"], ids=["zeros", "zip", "png", "word"]
)
def test_what_somebody_appended_to_a_picture_is_dropped(tail: bytes) -> None:
    assert examine(comfy_png() + tail) == examine(comfy_png())


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def huge_png() -> bytes:
    encoded = io.BytesIO()
    Image.new("1", (9000, 9000)).save(encoded, "PNG")
    return encoded.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "truncated"),
        (b"<html>no</html>", "truncated"),
        (png()[:-1], "truncated"),
        (png()[:50] + b"\x00" * 10 + png()[60:], "broken"),
        (b"GIF89a" + png(), "truncated"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(NodeMisbehaved, match=sentence):
        examine(content)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    content = huge_png()
    assert len(content) < 50_000
    with pytest.raises(OutputRefused, match=f"more than {MAX_PIXELS:,}"):
        examine(content)


async def test_a_picture_in_a_hundred_thousand_pieces_is_walked_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking for its end takes a moment in which nobody else would be answered."""
    walked_in: set[threading.Thread] = set()

    def walked(content: bytes) -> bytes:
        walked_in.add(threading.current_thread())
        return without_tail(content)

    monkeypatch.setattr(examination, "without_tail", walked)
    await image_store(tmp_path).examine(png(), "")
    assert walked_in
    assert threading.current_thread() not in walked_in


async def test_a_disk_that_refuses_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    blocked = tmp_path / "images"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match="could not be written"):
        await image_store(blocked).save(SESSION, GENERATION, [new_image(png(), "")])
    with pytest.raises(NotFound):
        await image_store(tmp_path).read(make_image())


async def test_a_thumbnail_that_is_made_anew_while_its_picture_is_deleted_stays_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = image_store(tmp_path)
    (stored,) = await store.save(SESSION, GENERATION, [await store.examine(comfy_png(), "")])
    (tmp_path / stored.thumbnail_path).unlink()
    read = store.read

    async def read_and_deleted(image: StoredImage) -> bytes:
        content = await read(image)
        (tmp_path / image.image_path).unlink()
        return content

    monkeypatch.setattr(store, "read", read_and_deleted)
    assert (await store.thumbnail(stored)).startswith(b"\xff\xd8")
    assert not (tmp_path / "session").exists()
