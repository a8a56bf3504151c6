"""Rules that the pictures of each program do not show: texts without steps, further passes, characters."""

import json
from typing import Any

import pytest

from tests.pictures import ramp, saved
from vibes.documents.png_texts import with_text
from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.reading import read_recipe
from vibes.recipes.recipe import Recipe

PNG = saved(ramp("RGB"))


def told_by(text: str | dict[str, Any], name: str = "parameters") -> Recipe | None:
    return read_recipe(with_text(PNG, name, text if isinstance(text, str) else json.dumps(text)))


def read(text: str | dict[str, Any], name: str = "parameters") -> Recipe:
    recipe = told_by(text, name)
    assert recipe is not None
    return recipe


def test_a_line_without_steps_is_one_of_settings_from_three_known_names_on() -> None:
    assert read("a fox\nSampler: Euler, Seed: 5, Size: 512x768").settings.seed == 5
    assert told_by("a fox\nSampler: Euler, Seed: 5, mood: calm") is None


def test_a_line_of_the_prompt_that_begins_with_steps_stays_one() -> None:
    recipe = read("a fox\nSteps: 5 of stone\nNegative prompt: text\nSteps: 20, Sampler: Euler, Seed: 5")
    assert recipe.settings.prompt == "a fox\nSteps: 5 of stone"
    assert recipe.settings.steps == 20


@pytest.mark.parametrize(("skip", "is_told"), [(1, False), (2, True)])
def test_a_clip_skip_is_told_where_it_skips(skip: int, is_told: bool) -> None:
    notes = read(f"a fox\nSteps: 20, Sampler: Euler, Seed: 5, Clip skip: {skip}").notes
    assert any(f"clip skip {skip}" in each for each in notes) is is_told


def test_fooocus_puts_the_strength_of_a_lora_behind_its_hash() -> None:
    recipe = read('a fox\nSteps: 30, Seed: 5, Lora hashes: "offset: 4852686128: 0.1, ink: aabbccddee: -1"')
    assert [(each.name, each.hash, each.strength) for each in recipe.files] == [
        ("offset", "4852686128", 0.1),
        ("ink", "aabbccddee", -1.0),
    ]


def test_a_lora_that_is_switched_off_in_fooocus_was_not_applied() -> None:
    told = {"base_model": "x", "performance": "Speed", "prompt": "a fox", "seed": 5}
    recipe = read({**told, "lora_combined_1": "False : off : 1.0", "lora_combined_2": "True : ink : 0.5"})
    assert [each.name for each in recipe.files if each.kind is FileKind.LORA] == ["ink"]


@pytest.mark.parametrize(("upscaler", "files"), [("Latent (bicubic)", []), ("4x-UltraSharp", ["4x-UltraSharp"])])
def test_what_enlarges_without_a_file_is_none(upscaler: str, files: list[str]) -> None:
    recipe = read(f"a fox\nSteps: 20, Seed: 5, Size: 512x512, Hires upscale: 2, Hires upscaler: {upscaler}")
    assert [each.name for each in recipe.files if each.kind is FileKind.UPSCALER] == files


def novel(**more: Any) -> dict[str, Any]:
    return {"prompt": "a fox", "uc": "text", "seed": 8, "steps": 28, "sampler": "k_euler", "strength": 0.7, **more}


def test_each_character_of_novelai_has_words_on_both_sides() -> None:
    def captions(base: str, *characters: str) -> dict[str, Any]:
        told = [{"char_caption": each, "centers": []} for each in characters]
        return {"caption": {"base_caption": base, "char_captions": told}}

    settings = read(
        novel(v4_prompt=captions("snow", "a fox", "a hare"), v4_negative_prompt=captions("text", "", "hat")), "Comment"
    ).settings
    assert settings.prompt == "snow\na fox\na hare"
    assert settings.negative_prompt == "text\nhat"


@pytest.mark.parametrize(("more", "strength"), [({}, None), ({"image": "x"}, 0.7)])
def test_the_strength_of_novelai_counts_where_it_began_with_a_picture(
    more: dict[str, Any], strength: float | None
) -> None:
    assert read(novel(**more), "Comment").settings.denoise_strength == strength
