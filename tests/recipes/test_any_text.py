"""No text, number or byte of others ends a reader, or gets further than the limits of a request."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recipes import a1111_pictures, comfyui_pictures, fooocus_invokeai_novelai, swarmui_and_others
from tests.recipes.containers import comment, jpeg, png, webp
from tests.recipes.expected import Told as Expected
from tests.recipes.harmless import assert_harmless
from vibes.recipes.dialects.automatic1111 import read_infotext
from vibes.recipes.dialects.civitai import read_civitai
from vibes.recipes.dialects.comfyui import read_comfyui
from vibes.recipes.dialects.draw_things import read_draw_things
from vibes.recipes.dialects.fooocus import read_fooocus
from vibes.recipes.dialects.invokeai import read_invokeai
from vibes.recipes.dialects.novelai import read_novelai
from vibes.recipes.dialects.others import read_others
from vibes.recipes.dialects.swarmui import read_swarmui
from vibes.recipes.dialects.tensorart import read_tensorart
from vibes.recipes.reading import read_recipe, recipe_of
from vibes.recipes.recipe import Recipe
from vibes.recipes.told import Told, told_by

PICTURES: dict[str, Expected] = (
    comfyui_pictures.PICTURES
    | a1111_pictures.PICTURES
    | fooocus_invokeai_novelai.PICTURES
    | swarmui_and_others.PICTURES
)
CONTENTS = [each.content for each in PICTURES.values() if not each.is_hidden]
TOLD = [told_by(each) for each in CONTENTS]
TEXTS = sorted({text for told in TOLD for texts in told.texts.values() for text in texts})
KEYWORDS = sorted({name for told in TOLD for name in told.texts})
READERS: dict[str, Callable[[Told], Recipe | None]] = {
    "A1111": read_infotext,
    "Civitai": read_civitai,
    "ComfyUI": read_comfyui,
    "Draw Things": read_draw_things,
    "Fooocus": read_fooocus,
    "InvokeAI": read_invokeai,
    "NovelAI": read_novelai,
    "others": read_others,
    "SwarmUI": read_swarmui,
    "Tensor.Art": read_tensorart,
}


def _names_in(value: object) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(name for each in value.values() for name in _names_in(each))}
    return {name for each in value for name in _names_in(each)} if isinstance(value, list) else set()


OBJECTS: list[Mapping[str, Any]] = [found for text in TEXTS if (found := Told({}).json(text))]
MEMBERS = sorted({name for each in OBJECTS for name in _names_in(each)})
ODD: list[Any] = [
    *(-1, 2**63, 2**64 - 1, 2**64, 10**400, -(10**400), 0, True, None, 0.1, -0.0, 1e308, float("nan"), float("inf")),
    *(
        "",
        " ",
        "-1",
        "1e999",
        "NaN",
        str(2**64),
        "9" * 5_000,
        "0x1f",
        "１２",
        "²",
        "1_0",
        "\x00",
        "\ud800",
        "None",
        "[]",
    ),
    *("x" * 20_000, "../../etc/passwd", "a\nb", [], {}, [[]], [None], {"": None}, ["x"] * 300, {"name": {"name": {}}}),
]
VALUES = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4),
    max_leaves=12,
)
PIECES = st.sampled_from(
    [
        *(
            "Steps: 9, Seed: 1",
            "\nNegative prompt: ",
            "\nSteps: 20, Sampler: Euler a, ",
            "Civitai resources: [",
            "{",
            "}",
        ),
        *(
            'Lora hashes: "a: b, c: d", ',
            'Hashes: {"lora:x": "',
            "<lora:",
            "<lora:a:0.5>",
            ">",
            '"',
            "\\",
            "[",
            "]",
            ",",
        ),
        *(
            '" -s 5 -S 7',
            "&quot;",
            "<exif:UserComment>",
            "</rdf:li>",
            "Model: a [0123456789]",
            "\x00",
            "\ud83d",
            "\u202e",
        ),
        *("urn:air:sdxl:lora:civitai:1@2", "Size: 1x1, ", "Module 1: ae, ", 'ControlNet 0: "Model: x [', ": ", "\r\n"),
    ]
)
MIXED = st.lists(PIECES | st.text(max_size=8) | st.sampled_from(TEXTS).map(lambda text: text[:200]), max_size=12)


def _swallowed(reader: Callable[[Told], Recipe | None], texts: dict[str, list[str]]) -> None:
    assert_harmless(reader(Told(texts)))


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
@given(text=MIXED.map("".join) | st.text(max_size=300))
def test_any_text_under_any_name(reader: Callable[[Told], Recipe | None], text: str) -> None:
    _swallowed(reader, {name: [text] for name in KEYWORDS})


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
@given(members=st.sampled_from(OBJECTS), name=st.sampled_from(MEMBERS), value=VALUES, data=st.data())
def test_any_value_in_the_place_of_another(
    reader: Callable[[Told], Recipe | None], members: Mapping[str, Any], name: str, value: Any, data: st.DataObject
) -> None:
    own = data.draw(st.sampled_from(sorted(members)))
    changed = json.dumps({**members, name: value, own: data.draw(VALUES)})
    inner = json.dumps({"sui_image_params": {**members, name: value}, "Comment": changed, "image": members})
    _swallowed(reader, {each: [changed, inner] for each in KEYWORDS})


@given(told=st.sampled_from(TOLD), text=MIXED.map("".join), place=st.integers(0, 2_000), data=st.data())
def test_anything_put_into_what_a_program_wrote(told: Told, text: str, place: int, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(told.texts)))
    texts = {each: [*own] for each, own in told.texts.items()}
    texts[name] = [own[:place] + text + own[place:] for own in texts[name]]
    assert_harmless(recipe_of(Told(texts)))


@given(content=st.sampled_from(CONTENTS), data=st.data())
def test_any_bytes_cut_out_put_in_doubled_or_turned(content: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 40))
        part = content[start:end]
        other = data.draw(
            st.sampled_from([b"", part + part, part[::-1], bytes(255 - each for each in part)]) | st.binary(max_size=9)
        )
        content = content[:start] + other + content[end:]
    assert_harmless(read_recipe(content))


@given(
    st.binary(max_size=400),
    st.sampled_from([b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"{", b""]),
)
def test_any_bytes_behind_any_start(body: bytes, start: bytes) -> None:
    assert_harmless(read_recipe(start + body))


@given(text=st.text(max_size=200), seed=st.integers(-(2**70), 2**70))
def test_a_prompt_and_a_seed_come_back_as_they_were_written(text: str, seed: int) -> None:
    """Of a text that no dialect has a meaning for."""
    told = json.dumps({"prompt": text, "uc": "", "seed": seed})
    for content in (
        png({"Comment": told}),
        jpeg(exif=comment(json.dumps({"Comment": told}))),
        webp(exif=comment(told)),
    ):
        recipe = read_recipe(content)
        assert_harmless(recipe)
        if recipe is not None and recipe.made_with == "NovelAI":
            assert recipe.settings.seed == (seed if 0 <= seed < 2**64 else None)


DEEP = {
    "objects": '{"a":' * 50_000,
    "closed objects": '{"prompt":' * 50_000 + "1" + "}" * 50_000,
    "lists": '{"prompt":' + "[" * 100_000,
    "lists in a line of settings": "a\nSteps: 1, Seed: 2, Hashes: " + "[" * 100_000,
    "objects in a line of settings": "a\nSteps: 1, Seed: 2, Civitai resources: " + '[{"a":' * 50_000,
    "texts in texts": json.dumps({"prompt": json.dumps({"prompt": json.dumps({"prompt": "x"})})}),
    "objects without an end": "{" * 1_000_000,
    "lists beside one another": "[]" * 500_000,
    "quotation marks": '"' * 1_000_000,
    "backslashes": '{"prompt":"' + "\\" * 999_999,
    "LoRAs": "<lora:a:1>" * 100_000 + "\nSteps: 1, Seed: 2",
    "settings": "a\nSteps: 1, " + "a: b, " * 160_000,
    "beginnings of lists": "a\nSteps: 1, " + "a: [" * 250_000,
    "comments of an XMP": "<exif:UserComment>" * 60_000 + "</exif:UserComment>",
    "negative prompts": "Negative prompt:\n" * 60_000 + "Steps: 1, Seed: 2",
    "options": '"a" ' + "-s5 " * 250_000,
    "brackets": '"' + "[a] " * 250_000 + '" -s5',
    "resources": "a\nSteps: 1, Seed: 2, Civitai resources: " + json.dumps([{"type": "lora", "weight": 1}] * 20_000),
}


@pytest.mark.parametrize("text", DEEP.values(), ids=list(DEEP))
def test_a_long_or_deep_text_is_read_once_or_left(text: str) -> None:
    """A megabyte of each, in every place at once; what takes time by the square of it would take hours."""
    assert_harmless(recipe_of(Told({name: [text] for name in KEYWORDS})))


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        ('{"uc": "x", "prompt": "a", "seed": 1, "seed": 2}', 2),
        ('{"uc": "x", "prompt": "a", "seed": NaN}', None),
        ('{"uc": "x", "prompt": "a", "seed": 1e999}', None),
        ('{"uc": "x", "prompt": "a", "seed": -Infinity}', None),
        ('{"uc": "x", "prompt": "a", "seed": 18446744073709551616}', None),
        ('{"uc": "x", "prompt": "a", "seed": -5}', None),
        ('{"uc": "x", "prompt": "a", "seed": "18446744073709551615"}', 2**64 - 1),
        ('{"uc": "x", "prompt": "a", "seed": 7.0}', 7),
        ('{"uc": "x", "prompt": "a", "seed": 7.5}', None),
        ('{"uc": "x", "prompt": "a", "seed": true}', None),
        ('{"uc": "x", "prompt": "a", "seed": ' + "1" * 5_000 + "}", None),
    ],
)
def test_numbers_that_are_none_are_not_told(text: str, seed: int | None) -> None:
    recipe = read_recipe(png({"Comment": text}))
    if recipe is None:  # Python reads no number of more than 4,300 digits
        assert seed is None
        return
    assert recipe.settings.seed == seed
    assert_harmless(recipe)
