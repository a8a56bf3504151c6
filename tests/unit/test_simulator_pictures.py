"""The simulator's pictures: repeatable, different where they should be, derived where they must be."""

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from vibes.simulator.graph_nodes.images import CLASSES
from vibes.simulator.pictures import finish
from vibes.simulator.pictures.derive import Control
from vibes.simulator.pictures.finish import Unfinished
from vibes.simulator.pictures.palette import palette_for
from vibes.simulator.pictures.render import Sampling, painted_size, sample
from vibes.simulator.pictures.styles import AppliedLora
from vibes.simulator.setup.catalogue import build_catalogue
from vibes.simulator.setup.dialect import AUGUST_2026
from vibes.simulator.setup.options import NodeOptions
from vibes.simulator.setup.profiles import PROFILES

BASE = Sampling(
    prompt="a lighthouse at dusk",
    negative="blurry",
    seed=3,
    index=0,
    checkpoint="v1-5-pruned-emaonly.safetensors",
    steps=20,
    cfg=7.0,
    sampler="euler",
    scheduler="normal",
    size=(128, 128),
)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference per pixel and channel, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean) / 3


def test_equal_samplings_give_equal_bytes() -> None:
    first, second = (finish.to_png(finish.enlarge(sample(BASE), BASE.size), {"prompt": "{}"}) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a lighthouse at night"},
        {"negative": "ugly"},
        {"seed": 4},
        {"index": 1},
        {"checkpoint": "sd_xl_base_1.0.safetensors"},
        {"loras": (AppliedLora("sd15-ink-sketch.safetensors", 0.8),)},
        {"steps": 21},
        {"cfg": 8.0},
        {"sampler": "dpmpp_2m"},
        {"scheduler": "karras"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_a_sampler_is_given_shows(change: dict[str, object]) -> None:
    assert sample(replace(BASE, **change)).tobytes() != sample(BASE).tobytes()  # type: ignore[arg-type]  # the cases name fields


def test_seeds_change_the_composition_and_settings_only_the_details() -> None:
    seeds = [difference(sample(BASE), sample(replace(BASE, seed=seed))) for seed in range(10, 16)]
    settings = difference(sample(BASE), sample(replace(BASE, steps=30, sampler="dpmpp_2m")))
    assert min(seeds) > 2 * settings > 0


@pytest.mark.parametrize(
    "lora", sorted(build_catalogue(AUGUST_2026, PROFILES["instant"], NodeOptions(), list, str).files["loras"])
)
def test_every_lora_has_a_look_of_its_own_that_grows_with_its_strength(lora: str) -> None:
    none, some, full = (sample(replace(BASE, loras=(AppliedLora(lora, strength),))) for strength in (0.0, 0.4, 1.0))
    assert none.tobytes() == sample(BASE).tobytes()
    assert 0.3 < difference(none, some) < difference(none, full)


@pytest.mark.parametrize(
    ("prompt", "brighter_than"),
    [("a beach at noon, sunny", "a beach at night"), ("snow, winter", "lava, volcano"), ("pastel dream", "noir")],
)
def test_the_words_choose_the_palette(prompt: str, brighter_than: str) -> None:
    bright, dark = (
        ImageStat.Stat(sample(replace(BASE, prompt=text)).convert("L")).mean[0] for text in (prompt, brighter_than)
    )
    assert bright > dark + 20
    assert palette_for(prompt) == palette_for(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        *("", "a cat in a meadow", "cyberpunk city at night", "portrait of a woman", "snowy mountains, castle"),
        *(
            "a galaxy",
            "a cabin in the forest, smoke",
            "a sailing boat",
            "hot air balloon, birds",
            "an oak",
            "\x00 {} 猫",
        ),
    ],
)
@pytest.mark.parametrize("size", [(64, 64), (96, 40), (24, 120)], ids=str)
def test_any_prompt_in_any_format_makes_a_picture(prompt: str, size: tuple[int, int]) -> None:
    picture = sample(replace(BASE, prompt=prompt, size=size))
    assert picture.size == painted_size(size)
    assert max(ImageStat.Stat(picture).stddev) > 5


def test_img2img_goes_from_the_input_to_a_new_picture_with_denoise() -> None:
    source = finish.enlarge(sample(BASE), BASE.size)
    results = [sample(replace(BASE, seed=9, source=source, denoise=denoise)) for denoise in (0.0, 0.3, 0.6, 1.0)]
    distances = [difference(source, result) for result in results]

    assert distances == sorted(distances)
    assert distances[0] == 0
    assert 1 < distances[1] < distances[3] / 2


def test_an_edit_model_keeps_its_reference_even_at_full_denoise() -> None:
    source = finish.enlarge(sample(BASE), BASE.size)
    edited = sample(replace(BASE, seed=9, source=source, prompt="make it night", keeps_source=True))
    replaced = sample(replace(BASE, seed=9, source=source, prompt="make it night"))
    assert 0 < difference(source, edited) < difference(source, replaced)


def test_inpainting_leaves_every_pixel_outside_the_mask_alone() -> None:
    source = finish.enlarge(sample(BASE), BASE.size)
    mask = Image.new("L", BASE.size)
    mask.paste(255, (20, 20, 70, 100))
    result = sample(replace(BASE, seed=9, prompt="a forest at night", source=source, mask=mask))

    changed = ImageChops.difference(source, result).convert("L").getbbox()
    assert changed is not None
    assert changed[0] >= 20
    assert changed[1] >= 20
    assert changed[2] <= 70
    assert changed[3] <= 100
    inside = (30, 30, 60, 90)
    assert difference(source.crop(inside), result.crop(inside)) > 10


def test_a_control_picture_shows_and_more_with_more_strength() -> None:
    guide = Image.new("RGB", BASE.size)
    ImageDraw.Draw(guide).ellipse((30, 30, 98, 98), outline=(255, 255, 255), width=4)
    results = [sample(replace(BASE, controls=(Control(guide, strength),))) for strength in (0.0, 0.5, 1.0)]
    on_the_line = [difference(results[0].crop((20, 44, 28, 52)), result.crop((20, 44, 28, 52))) for result in results]
    assert on_the_line[0] == 0
    assert 5 < on_the_line[1] < on_the_line[2]


def test_upscaling_really_enlarges() -> None:
    small = finish.enlarge(sample(BASE), BASE.size)
    large = finish.upscale(small, 4)
    assert large.size == (512, 512)
    assert difference(small, large.resize(small.size, Image.Resampling.BOX)) < 6


def test_canny_draws_where_brightness_jumps_and_nowhere_else() -> None:
    image = Image.new("RGB", (64, 64), (30, 30, 30))
    image.paste((220, 220, 220), (20, 20, 44, 44))
    inputs = {"image": (image,), "low_threshold": 0.4, "high_threshold": 0.8}
    no_bench: Any = None
    found: Any = CLASSES["Canny"].run(inputs, no_bench).outputs[0]
    edges: Image.Image = found[0]

    assert edges.getpixel((20, 32)) == (255, 255, 255)
    assert edges.getpixel((32, 32)) == (0, 0, 0)
    assert edges.getpixel((5, 5)) == (0, 0, 0)


def test_previews_come_closer_to_the_picture_with_every_step() -> None:
    picture = sample(replace(BASE, size=(512, 512)))
    unfinished = Unfinished(picture)
    distances = [difference(picture, _opened(unfinished.jpeg(progress, "step"))) for progress in (0.1, 0.5, 0.8, 1.0)]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 8


def test_pictures_are_marked_in_the_lower_right_corner_unless_they_are_tiny() -> None:
    black, tiny = Image.new("RGB", (512, 512)), Image.new("RGB", (64, 64))
    box = finish.marked(black).getbbox()
    assert box is not None
    assert box[0] > 400
    assert box[1] > 470
    assert finish.marked(tiny).getbbox() is None


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def test_a_picture_is_laid_over_another_where_the_mask_is_white_and_never_beyond_its_edge() -> None:
    below, above = Image.new("RGB", (40, 30), "navy"), Image.new("RGB", (20, 20), "white")
    mask = Image.new("L", (20, 20))
    mask.paste(255, (10, 0, 20, 20))
    no_bench: Any = None
    given = {"destination": (below,), "source": (above,), "x": 25, "y": 15, "resize_source": False}
    laid: Any = CLASSES["ImageCompositeMasked"].run({**given, "mask": (mask,)}, no_bench).outputs[0]
    masked: Image.Image = laid[0]
    assert (masked.size, masked.getpixel((30, 20)), masked.getpixel((37, 20))) == (
        (40, 30),
        (0, 0, 128),
        (255, 255, 255),
    )
    laid = CLASSES["ImageCompositeMasked"].run({**given, "resize_source": True, "x": 0, "y": 0}, no_bench).outputs[0]
    whole: Image.Image = laid[0]
    assert whole.getpixel((1, 28)) == (255, 255, 255)
    assert below.getpixel((37, 20)) == (0, 0, 128), "the picture beneath is not touched"
