"""The workflow commands as a person types them."""

from pathlib import Path

import pytest

from tests.processes import run_vibes
from tests.unit.workflow_sources import SMALL_TEMPLATE

pytestmark = pytest.mark.processes


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def left_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_what_ships_is_fine_and_can_be_listed(tmp_path: Path) -> None:
    checked = await run_vibes("workflows", "check", cwd=tmp_path)
    listed = await run_vibes("workflows", "list", cwd=tmp_path)

    assert (checked.status, checked.stderr) == (0, "")
    assert checked.stdout.endswith("workflows are fine\n")
    assert listed.status == 0
    [line] = [line for line in listed.stdout.splitlines() if line.startswith("sdxl_with_lora ")]
    assert "illustrious, pony, sdxl" in line
    assert "up to 3" in line
    assert not left_in(tmp_path), "looking leaves nothing behind"


async def test_every_mistake_is_one_line_with_its_place_and_advice(tmp_path: Path) -> None:
    write(tmp_path / "own" / "workflows" / "ui.json", '{"nodes": [], "links": []}')
    write(tmp_path / "own" / "workflows" / "broken.json", SMALL_TEMPLATE.replace('["1", 0]', '["11", 0]'))
    write(tmp_path / "own" / "workflows" / "odd.json", SMALL_TEMPLATE.replace("{{steps}}", "{{stepz}}"))
    write(
        tmp_path / "own" / "manifests" / "own.yaml",
        "ui: {}\nbroken: {}\nodd: {}\nspare: {file: odd.json, parameters: [prompt, seed, image]}\n",
    )

    checked = await run_vibes("workflows", "check", "own", cwd=tmp_path)

    assert checked.status == 1
    assert checked.stdout.splitlines() == [
        "own/workflows/odd.json:2:23: warning: graph-node class 'Encode' is not known to come with ComfyUI; did you "
        "mean VAEEncode?",
        "own/workflows/broken.json:3:58: input 'positive' of graph node '2' links to graph node '11', which does not "
        "exist; did you mean 1?",
        "own/workflows/ui.json:1:1: this is ComfyUI's UI format, a node needs API format: choose Workflow > Export "
        "(API) in ComfyUI and save that file",
        "own/workflows/odd.json:3:97: unknown parameter 'stepz'; did you mean steps?",
        "own/workflows/odd.json:3:97: {{stepz}} is not among the workflow's parameters; known: prompt, seed, image",
        "own/manifests/own.yaml:4:52: 'image' is bound nowhere: put \"{{image}}\" into own/workflows/odd.json, or give "
        "it a bind",
    ]
    assert checked.stderr.strip().endswith("problems")


async def test_a_folder_that_is_sound_is_counted_alone_and_an_empty_or_missing_one_is_a_mistake(
    tmp_path: Path,
) -> None:
    write(tmp_path / "own" / "workflows" / "mine.json", SMALL_TEMPLATE.replace("Encode", "CLIPTextEncode"))
    write(tmp_path / "own" / "manifests" / "own.yaml", "mine: {families: [sd15]}")
    fine = await run_vibes("workflows", "check", "own", cwd=tmp_path)
    wrong = await run_vibes("workflows", "check", "own/workflows", "nowhere", cwd=tmp_path)

    assert (fine.status, fine.stdout) == (0, "1 workflow is fine\n")
    assert wrong.status == 1
    assert wrong.stdout.splitlines() == [
        "own/workflows: holds no workflows: they belong into workflows/*.json and manifests/*.yaml below it",
        "nowhere: this folder of workflows does not exist",
    ]


async def test_the_folders_of_the_environment_are_checked_too(tmp_path: Path) -> None:
    write(tmp_path / "data" / "workflows" / "manifests" / "a.yaml", "a: {}")
    write(tmp_path / "own" / "manifests" / "b.yaml", "b: {}")
    checked = await run_vibes("workflows", "check", cwd=tmp_path, environment={"VIBES_WORKFLOWS": "own"})

    assert [line.partition(":")[0] for line in checked.stdout.splitlines()] == [
        "data/workflows/manifests/a.yaml",
        "own/manifests/b.yaml",
    ]
