"""Files of pictures: inside of the output folder whatever a request says, and none over another."""

import string
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vibes.generators.errors import InvalidInput
from vibes.generators.paths import output_path, plain_name


def test_a_picture_is_named_after_its_request_in_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    path = output_path(tmp_path, "mock-4711", "png", "era/biome")
    assert path == tmp_path / "era" / "biome" / "mock-4711.png"
    path.touch()
    second = output_path(tmp_path, "mock-4711", ".png", "era/biome")
    second.touch()
    assert second.name == "mock-4711-2.png"
    assert output_path(tmp_path, "mock-4711", "png", "era/biome").name == "mock-4711-3.png"


@pytest.mark.parametrize(
    "sub_dir",
    [
        "..",
        "../x",
        "a/../../x",
        "/etc",
        "a//b",
        "./a",
        "a/",
        "C:/x",
        "a\\..\\..\\x",
        "a\0b",
        "con",
        "a.",
        "nul.txt",
        "x" * 300,
    ],
)
def test_no_folder_leads_out(tmp_path: Path, sub_dir: str) -> None:
    with pytest.raises(InvalidInput, match="output folder"):
        output_path(tmp_path / "out", "a", "png", sub_dir)
    assert [*tmp_path.rglob("*")] == []


def test_no_link_leads_out(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInput, match="leads out"):
        output_path(tmp_path / "out", "a", "png", "link/deeper")
    assert [*(tmp_path / "elsewhere").iterdir()] == []


@pytest.mark.parametrize("extension", ["", "p/ng", "..", "png.exe!", "x" * 11])
def test_a_suffix_is_a_few_letters(tmp_path: Path, extension: str) -> None:
    with pytest.raises(InvalidInput, match="suffix"):
        output_path(tmp_path, "a", extension)


@given(st.text(max_size=300))
@example("_")
@example("_ x")
def test_every_name_becomes_one_file_of_letters_digits_dots_and_dashes(name: str) -> None:
    plain = plain_name(name)
    assert 0 < len(plain) <= 100
    assert {*plain} <= {*string.ascii_letters, *string.digits, *"._-"}
    assert plain[0] not in ".-"
    assert plain_name(plain) == plain


@given(st.text(max_size=20), st.text(max_size=20))
def test_different_names_stay_different(one: str, other: str) -> None:
    assert (plain_name(one) == plain_name(other)) == (one == other)
