"""The workflow commands as a person types them."""

import json
from pathlib import Path

import httpx
import pytest

from tests.forked import forked_service
from tests.processes import run_vibes
from tests.unit.import_exports import sampled, with_inputs
from tests.unit.ui_canvas import Canvas
from tests.unit.workflow_sources import SMALL_TEMPLATE
from tests.waiting import eventually

pytestmark = pytest.mark.processes


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def make_folder(path: Path) -> None:
    path.mkdir()


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
        "own/workflows/ui.json:1:1: this is ComfyUI's UI format, a node needs API format: import it with vibes "
        "workflows import, or choose Workflow > Export (API) in ComfyUI and save that file",
        "own/workflows/odd.json:3:97: unknown parameter 'stepz'; did you mean steps or hires_steps?",
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


async def test_an_export_becomes_a_workflow_that_a_running_hub_draws_with(tmp_path: Path) -> None:
    graph = with_inputs(sampled(), "4", ckpt_name="v1-5-pruned-emaonly.safetensors")
    export = write(tmp_path / "My Export (1).json", json.dumps(graph, indent=4))
    make_folder(tmp_path / "own")
    async with forked_service(
        *("demo", "--port", "0", "--time-scale", "0.02", "--no-browser", "--data", "data", "--workflows", "own"),
        cwd=tmp_path,
    ) as demo:
        imported = await run_vibes(*("workflows", "import", export, "--name", "my_flow", "--into", "own"), cwd=tmp_path)
        async with httpx.AsyncClient(base_url=demo.url, trust_env=False) as http:
            await eventually(lambda: answers(http, "/api/workflows/my_flow"))
        drawn = await run_vibes(
            *("generate", "a dog", "--workflow", "my_flow", "--family", "sd15", "-n", "2", "--seed", "4"),
            *("--width", "512", "--height", "512", "--out", "out", "--url", demo.url),
            cwd=tmp_path,
        )

    assert imported.status == 0, imported.stderr
    assert "my_flow: txt2img for sd15, takes LoRAs" in imported.stdout
    assert "3.inputs.seed" in imported.stdout
    assert "note: the family is sd15 by the name of v1-5-pruned-emaonly.safetensors" in imported.stdout
    assert imported.stderr.startswith("A hub reads own where it is the workflows folder of its --data, or named by")
    assert read(tmp_path / "own" / "workflows" / "my_flow.json") == read(export)
    assert drawn.status == 0, drawn.stderr
    pictures = [name for name in left_in(tmp_path / "out") if name.endswith(".png") and name[0].isdigit()]
    assert len(pictures) == 2


async def test_an_import_that_cannot_be_leaves_nothing_behind(tmp_path: Path) -> None:
    write(tmp_path / "ui.json", '{"nodes": [], "links": []}')
    write(tmp_path / "good.json", json.dumps(sampled()))
    wrong = await run_vibes("workflows", "import", "ui.json", cwd=tmp_path)
    missing = await run_vibes("workflows", "import", "nowhere.json", cwd=tmp_path)
    assert wrong.status == 1
    assert "nothing in the workflow runs" in wrong.stderr
    assert (missing.status, missing.stderr) == (2, "vibes: nowhere.json cannot be read: No such file or directory\n")
    assert left_in(tmp_path) == ["good.json", "ui.json"]

    first = await run_vibes("workflows", "import", "good.json", cwd=tmp_path)
    again = await run_vibes("workflows", "import", "good.json", cwd=tmp_path)
    forced = await run_vibes("workflows", "import", "good.json", "--force", "--family", "sd15", cwd=tmp_path)
    assert (first.status, again.status, forced.status) == (0, 1, 0)
    assert "note: the family is sd15 since dreamshaper_8.safetensors is a well-known one of it" in first.stdout
    assert "To replace it say --force." in again.stderr
    assert "families: [sd15]" in read(tmp_path / "data" / "workflows" / "manifests" / "good.yaml")


async def test_an_import_is_corrected_by_hand(tmp_path: Path) -> None:
    make_folder(tmp_path / "exports")
    write(tmp_path / "exports" / "good.json", json.dumps(sampled()))
    one = await run_vibes(
        *("workflows", "import", "exports/good.json", "--name", "mine", "--into", "own"),
        *("--bind", "prompt=7.text", "--bind", "negative_prompt="),
        cwd=tmp_path,
    )
    assert one.status == 0, one.stderr
    assert "bind: 7.inputs.text" in read(tmp_path / "own" / "manifests" / "mine.yaml")
    assert "negative_prompt" not in read(tmp_path / "own" / "manifests" / "mine.yaml")


async def test_the_demos_folder_is_told_and_takes_a_name_that_another_folder_has(tmp_path: Path) -> None:
    write(tmp_path / "good.json", json.dumps(sampled()))
    (tmp_path / "data" / "demo").mkdir(parents=True)

    usual = await run_vibes("workflows", "import", "good.json", cwd=tmp_path)
    demo = await run_vibes("workflows", "import", "good.json", "--into", "data/demo/workflows", cwd=tmp_path)

    assert usual.stderr == "The demo does not read it: for the demo say --into data/demo/workflows.\n"
    assert demo.status == 0, demo.stderr
    assert (tmp_path / "data" / "demo" / "workflows" / "manifests" / "good.yaml").is_file()


async def test_a_folder_that_does_not_exist_is_told_before_anything_starts(tmp_path: Path) -> None:
    hub = await run_vibes("demo", "--workflows", "nowhere", cwd=tmp_path)
    assert hub.status == 2
    said = " ".join(hub.stderr.replace("│", " ").split())
    assert "there is no folder 'nowhere'" in said
    assert left_in(tmp_path) == []


async def answers(http: httpx.AsyncClient, path: str) -> bool:
    return (await http.get(path)).is_success


async def test_several_files_and_folders_are_imported_one_by_one_and_a_bad_one_stops_no_other(tmp_path: Path) -> None:
    for place in ("exports/flow.json", "exports/older/flow.json"):
        write(tmp_path / place, json.dumps(sampled()))
    write(tmp_path / "exports" / "broken.json", "{")
    write(tmp_path / "exports" / "package.json", '{"name": "no workflow"}')
    canvas = Canvas()
    canvas.add("SaveImage", ["x"], ins={"images": (canvas.add("FancyLoader", ["x"], outs="IMAGE"), 0)})
    write(tmp_path / "fancy.json", json.dumps(canvas.document()))
    asked = ("workflows", "import", "nowhere.json", "exports", "--into", "own")

    tried = await run_vibes(*asked, "--dry-run", cwd=tmp_path, environment={"COLUMNS": "80"})
    nothing = left_in(tmp_path / "own")
    imported = await run_vibes(*asked, cwd=tmp_path, environment={"COLUMNS": "80"})

    assert tried.status == imported.status == 1
    assert nothing == []
    assert tried.stdout.endswith("\n2 of 4 could be imported; nothing was written; 1 other file holds no workflow\n")
    assert imported.stdout.endswith("\n2 of 4 imported; 1 other file holds no workflow\n")
    rows = [line.split() for line in imported.stdout.splitlines() if line.startswith(("flow", "broken", "nowhere"))]
    assert [row[:2] + row[-1:] for row in rows[:4]] == [
        ["nowhere.json", "nowhere", "refused"],
        ["broken.json", "broken", "refused"],
        ["flow.json", "flow", "-"],
        ["flow.json", "flow_2", "-"],
    ]
    assert "nowhere.json cannot be read: No such file or directory" in imported.stdout
    assert "exports/broken.json:1:2: not valid JSON" in imported.stdout
    assert max(map(len, imported.stdout.split("\n\n")[0].splitlines())) <= 80, "the table fits a terminal"
    again = await run_vibes(*asked, "fancy.json", "--dry-run", cwd=tmp_path, environment={"COLUMNS": "80"})
    assert "\n0 of 5 could be imported; nothing was written; " in again.stdout, "names that are taken now"
    assert "asks no machine" in again.stdout
    assert left_in(tmp_path / "own") == [
        *("manifests/flow.yaml", "manifests/flow_2.yaml", "workflows/flow.json", "workflows/flow_2.json")
    ]
