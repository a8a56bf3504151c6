"""Names in a picture, as the fleet and ComfyUI have them: files, samplers, schedulers."""

import pytest

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes import matching
from vibes.recipes.matching import Names, is_told_by, matched
from vibes.recipes.members import stem_of
from vibes.recipes.recipe import RecipeFile
from vibes.recipes.samplers import SAMPLERS, SCHEDULERS, Sampling, sampling_of
from vibes.workflows.meaning.core_classes import core_schema


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


@pytest.mark.parametrize(("digits", "told"), [(8, False), (9, False), (10, True), (12, True), (64, True)])
def test_the_eight_digits_of_the_first_hash_are_none_of_sha_256(digits: int, told: bool) -> None:
    known = "0123456789abcdef" * 4
    assert is_told_by(known[:digits], known) is told
    assert not is_told_by(None, known)
    assert not is_told_by(known[:digits][::-1], known)


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


def test_samplers_and_schedulers_are_those_that_the_shipped_table_of_classes_tells() -> None:
    sampler = core_schema().classes["KSampler"]
    told = [sampler.input_named(name) for name in ("sampler_name", "scheduler")]
    assert [set(each.options) for each in told if each] == [SAMPLERS, SCHEDULERS]


@pytest.mark.parametrize(
    ("sampler", "scheduler", "expected"),
    [
        ("DPM++ 2M Karras", "Automatic", Sampling("dpmpp_2m", "karras")),
        ("DPM++ 3M SDE Exponential", "Automatic", Sampling("dpmpp_3m_sde", "exponential")),
        ("Euler Karras", "Automatic", Sampling("euler", "karras")),  # its own ending before what is usual
        ("Nobody's", "Automatic", Sampling(None, None)),
        ("sample_euler_ancestral", None, Sampling("euler_ancestral", None)),
        ("k_dpmpp_2m", "", Sampling("dpmpp_2m", None)),
    ],
)
def test_a_schedule_in_the_samplers_name_goes_before_the_usual_one(
    sampler: str, scheduler: str | None, expected: Sampling
) -> None:
    assert sampling_of(sampler, scheduler) == expected
