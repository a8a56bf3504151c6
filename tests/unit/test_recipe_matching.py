"""Files of a picture are looked for among those of the fleet."""

import pytest

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes import matching
from vibes.recipes.matching import Names, matched
from vibes.recipes.members import stem_of
from vibes.recipes.recipe import RecipeFile


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("styles/Ink.safetensors", "styles/Ink.safetensors"),
        ("STYLES/ink.safetensors", "styles/Ink.safetensors"),
        ("ink", "ink.safetensors"),
        ("Ink v2", "deep/folder/ink_v2.safetensors"),
        ("---", None),
        ("", None),
        ("other", None),
    ],
)
def test_the_best_spelling_decides_and_of_several_files_the_shortest_name(wanted: str, found: str | None) -> None:
    names = Names(
        ["styles/Ink.safetensors", "ink.safetensors", "zz/ink.safetensors", "deep/folder/ink_v2.safetensors", "_.pt"]
    )
    assert names.find(wanted) == found


def test_many_files_on_a_large_fleet_are_matched_in_one_look_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def counted(name: str) -> str:
        nonlocal looks
        looks += 1
        return stem_of(name)

    monkeypatch.setattr(matching, "stem_of", counted)
    fleet = [f"lora {index}.safetensors" for index in range(500)]
    files = [RecipeFile(FileKind.LORA, f"LoRA-{index}") for index in range(400)]
    assert all(each.on_fleet for each in matched(files, {FileKind.LORA: fleet}))
    assert looks <= 2 * (len(fleet) + len(files))
