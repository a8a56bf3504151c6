"""What a LoRA's file tells is read with suspicion: whoever trained or shared it has written it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.prompting.lora_card import LoraCard
from vibes.nodes.comfyui.reading.lora_metadata import LONGEST_WORD, MOST_WORDS, read_lora_card
from vibes.workflows.models.lora_families import lora_family


def words_of(**metadata: Any) -> list[tuple[str, int]]:
    return [(each.text, each.count) for each in read_lora_card(metadata).trigger_words]


def frequency(datasets: Any) -> str:
    return json.dumps(datasets)


def test_words_of_all_data_sets_are_added_up_the_most_frequent_first() -> None:
    datasets = {"10_ink": {"inkwash": 12, "paper": 3, "blot": 3}, "2_more": {"paper": 4}}
    assert words_of(ss_tag_frequency=frequency(datasets)) == [("inkwash", 12), ("paper", 7), ("blot", 3)]


def test_a_word_that_is_written_in_several_ways_is_counted_as_one() -> None:
    assert words_of(ss_tag_frequency=frequency({"1_d": {"a hat": 7, " a  hat,": 5, "cat": 8}})) == [
        ("a hat", 12),
        ("cat", 8),
    ]


def test_half_an_emoji_is_no_text_that_could_be_kept() -> None:
    assert words_of(ss_tag_frequency=frequency({"1_d": {"cat \ud83d": 2}})) == [("cat ?", 2)]


def test_what_its_maker_names_comes_first_with_its_count() -> None:
    told = {"modelspec.trigger_phrase": "paper, wet on wet"}
    datasets = {"10_ink": {"inkwash": 12, "paper": 3}}
    assert words_of(**told, ss_tag_frequency=frequency(datasets)) == [("paper", 3), ("wet on wet", 0), ("inkwash", 12)]


def test_a_data_set_without_captions_was_trained_on_its_name() -> None:
    datasets: dict[str, Any] = {"12_sks dog": {}, "1_img": {}, "img": {}, "5_": {}, "3_cat": None}
    assert words_of(ss_tag_frequency=frequency(datasets)) == [("sks dog", 1)]


@pytest.mark.parametrize(
    "broken", ["", "{broken", "null", "[]", '{"a": [1]}', '{"a": {"b": "c"}}', '{"a": {"b": -1}}', "[" * 5_000, 7, None]
)
def test_a_frequency_that_is_none_says_nothing(broken: object) -> None:
    assert words_of(ss_tag_frequency=broken) == []


def test_there_are_few_short_words_of_one_line() -> None:
    many = {f"tag {number}": number + 1 for number in range(5_000)}
    assert len(words_of(ss_tag_frequency=frequency({"1_d": many}))) == MOST_WORDS
    odd = {"x" * (LONGEST_WORD + 1): 9, " a\n\tlong  hat, ": 3, "\x00": 2, ",": 1, "": 1, "true": True}
    assert words_of(ss_tag_frequency=frequency({"1_d": odd})) == [("a long hat", 3)]


def test_title_and_description_are_plain_text() -> None:
    told = {
        "modelspec.title": "None",
        "ss_output_name": "ink_v1",
        "modelspec.description": "<p>Wet &amp; <a href='javascript:x'>wild</a></p>\u2028more",
    }
    card = read_lora_card(told)
    assert (card.title, card.description) == ("ink_v1", "Wet &amp; wild more")
    assert len(read_lora_card({"modelspec.description": "x" * 100_000}).description) == 2_000


def test_a_hash_is_that_of_the_tensors_in_whatever_way_it_is_written() -> None:
    digits = "0123456789abcdef" * 4
    for told in (
        {"sshs_model_hash": digits.upper()},
        {"modelspec.hash_sha256": f"0x{digits}"},
        {"sshs_model_hash": "None", "modelspec.hash_sha256": digits},
    ):
        assert read_lora_card(told).hash == digits
    for none in ({}, {"sshs_model_hash": 7}, {"sshs_model_hash": digits[:12]}, {"sshs_legacy_hash": digits}):
        assert read_lora_card(none).hash == ""


def test_a_thumbnail_is_a_picture_of_a_size_that_can_be_handed_on() -> None:
    for value, kept in {
        "data:image/png;base64,AAAA": True,
        "https://example.com/a.png": False,
        "data:text/html;base64,AAAA": False,
        "data:image/png;base64," + "A" * 2_000_000: False,
    }.items():
        assert (read_lora_card({"modelspec.thumbnail": value}).thumbnail == value) is kept


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
_KEYS = (
    "ss_tag_frequency",
    "ss_output_name",
    "modelspec.trigger_phrase",
    "modelspec.title",
    "modelspec.thumbnail",
    "sshs_model_hash",
)


@given(st.dictionaries(st.sampled_from(_KEYS), _ANY | _ANY.map(json.dumps)) | _ANY)
def test_whatever_it_says_it_becomes_a_card(metadata: object) -> None:
    assert isinstance(read_lora_card(metadata), LoraCard)


@pytest.mark.parametrize(
    ("name", "bases", "family"),
    [
        ("x.safetensors", ("stable-diffusion-xl-v1-base/lora",), "sdxl"),
        ("x.safetensors", ("sdxl_base_v1-0", "ponyDiffusionV6XL.safetensors"), "pony"),
        ("mira-illustrious.safetensors", ("sdxl_base_v1-0",), "illustrious"),
        ("mira-pony.safetensors", ("sd_v1",), "sd15"),
        ("x-sdxl.safetensors", ("flux1",), "flux"),
        ("x.safetensors", ("flux-1-dev/lora",), "flux"),
        ("x-sdxl.safetensors", ("my own words",), "sdxl"),
        ("x.safetensors", (), None),
    ],
)
def test_its_family_is_what_the_file_says_before_what_its_name_says(
    name: str, bases: tuple[str, ...], family: str | None
) -> None:
    assert lora_family(name, bases) == family
