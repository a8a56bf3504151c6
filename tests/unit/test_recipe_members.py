"""Values of others are taken for what they should be, or not at all."""

import pytest

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.lora_tags import without_tags
from vibes.recipes.members import hash_of, name_of, number_of, prompt_of, seed_in, side_of, stem_of, steps_of
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings

LORA = FileKind.LORA


@pytest.mark.parametrize("word", ["None", "automatic", "NULL", "Unknown", "undefined", "", "  ", 3, None, "x" * 301])
def test_words_for_no_file_are_no_name(word: object) -> None:
    assert name_of(word) is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((7, 7.0), ("7.5", 7.5), (" 1e-2 ", 0.01), (-1, -1.0)),
        *((True, None), ("", None), ("seven", None), (float("nan"), None), (float("inf"), None), (10**400, None)),
        *((1001, None), ("1001", None), ([7], None), (None, None)),
    ],
)
def test_a_number_is_one_that_a_setting_can_have(value: object, number: float | None) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (20, 20),
        ("20", 20),
        (20.0, 20),
        (20.5, None),
        (True, None),
        (0, None),
        (-3, None),
        ("1" * 99, None),
        ("²", None),
    ],
)
def test_a_number_of_steps_and_a_side_are_whole_and_positive(value: object, whole: int | None) -> None:
    assert (steps_of(value), side_of(value)) == (whole, whole)


def test_a_seed_of_64_bits_is_kept_to_the_last_digit_and_none_is_drawn() -> None:
    told = (2**64 - 1, str(2**64 - 1), 5.0, -1, 2**64, 0.5, "x")
    assert [seed_in(each) for each in told] == [2**64 - 1, 2**64 - 1, 5, None, None, None, None]


def test_a_hash_has_eight_digits_at_least_and_may_say_that_they_are_hexadecimal() -> None:
    assert [hash_of(each) for each in ("0xABCDEF0123", "ABCDEF01", "abcdef0", "xyz", 12345678)] == [
        *("abcdef0123", "abcdef01", None, None, None)
    ]


def test_a_prompt_in_parts_has_a_line_for_each() -> None:
    assert prompt_of(["a fox", "", "in snow", 3]) == "a fox\nin snow"


@pytest.mark.parametrize("name", ["ink.v2", "styles/ink.v2.safetensors", "styles\\ink.v2.GGUF"])
def test_a_stem_is_without_folders_and_the_extension_of_a_model_alone(name: str) -> None:
    assert stem_of(name) == "ink.v2"


@pytest.mark.parametrize(
    ("tag", "file"),
    [
        ("<lora:ink:0.8>", RecipeFile(LORA, "ink", strength=0.8)),
        ("<lyco:ink:0.8>", RecipeFile(LORA, "ink", strength=0.8)),
        ("<LoRA:styles/ink>", RecipeFile(LORA, "styles/ink", strength=1.0)),
        ("<lora:ink:unet=0.7:te=0.2>", RecipeFile(LORA, "ink", strength=0.7)),
        ("<lora:ink:0.7:0.2>", RecipeFile(LORA, "ink", strength=0.7)),
        ("<lora:ink:strong>", RecipeFile(LORA, "ink", strength=1.0)),
    ],
)
def test_a_tag_names_a_lora_and_is_no_word_of_the_prompt(tag: str, file: RecipeFile) -> None:
    assert without_tags(f"a fox {tag} in snow") == ("a fox in snow", (file,))


def test_what_one_text_leaves_out_is_taken_from_the_next_and_each_note_is_told_once() -> None:
    one = Recipe(made_with="A", settings=RecipeSettings(seed=1, steps=20), notes=("x", "y"))
    other = Recipe(made_with="B", version="2", settings=RecipeSettings(seed=9, width=512), notes=("y", "z"))
    both = one.and_then(other)
    assert (both.made_with, both.version) == ("A", "2")
    assert both.settings == RecipeSettings(seed=1, steps=20, width=512)
    assert both.notes == ("x", "y", "z")
