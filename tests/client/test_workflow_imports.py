"""Workflows are imported at a hub, whose machines tell of classes that nobody else knows."""

import asyncio
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.api.test_ui_import_routes import QUANTIZED, quantized
from tests.client.conftest import Served
from tests.loopback import free_port
from tests.unit.import_exports import sampled
from vibes.cli import app
from vibes.client import AsyncHubClient, HubRefused, InvalidRequest
from vibes.client.values.workflows import WorkflowFile
from vibes.commands.common import console

LOADER = {"input": {"required": {"unet_name": [[QUANTIZED]]}}, "output": ["MODEL"], "output_name": ["MODEL"]}


@pytest.fixture
def knowing(served_hub: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A hub one of whose machines has the pack."""

    async def declarations(_: Collection[str]) -> dict[str, Any]:
        return {"UnetLoaderGGUF": LOADER}

    [node, *_] = served_hub.fleet.nodes.values()
    monkeypatch.setattr(node, "declarations", declarations, raising=False)
    return served_hub


async def typed(folder: Path, *arguments: str) -> Result:
    def run() -> Result:
        return CliRunner().invoke(app, ["workflows", "import", *arguments], env={"VIBES_DATA": str(folder / "mine")})

    return await asyncio.to_thread(run)


def written(folder: Path, name: str, graph: Any) -> str:
    path = folder / name
    path.write_text(json.dumps(graph), encoding="utf-8")
    return str(path)


async def test_a_hub_says_what_it_would_import_and_imports(knowing: Served) -> None:
    file = WorkflowFile(name="mine", content=json.dumps(quantized()).encode(), family="flux")
    async with AsyncHubClient(knowing.url) as hub:
        assert (await hub.workflows.preview(file))["draft"]["overrides"]["diffusion_model"]["default"] == QUANTIZED
        assert (await hub.workflows.import_file(file))["workflow"]["id"] == "mine"
        with pytest.raises(HubRefused, match="choose another name"):
            await hub.workflows.import_file(file)
        with pytest.raises(InvalidRequest, match="there is no parameter 'promt'; did you mean prompt"):
            await hub.workflows.preview(WorkflowFile(name="x", content=file.content, bindings={"promt": "6.text"}))


async def test_the_command_leaves_an_import_to_the_hub_that_it_names(knowing: Served, tmp_path: Path) -> None:
    export = written(tmp_path, "flow.json", quantized())
    alone = await typed(tmp_path, export)
    assert alone.exit_code == 1
    assert "Without --url this command asks no machine" in alone.output.replace("\n", " ")
    tried = await typed(tmp_path, export, "--url", knowing.url, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert QUANTIZED in tried.output
    assert "nothing was written" in tried.output
    kept = await typed(tmp_path, export, "--url", knowing.url)
    assert kept.exit_code == 0, kept.output
    assert f"the hub at {knowing.url} keeps it" in kept.output
    again = await typed(tmp_path, export, "--url", knowing.url)
    assert again.exit_code == 1
    assert "is already there: choose another name" in again.output.replace("\n", " ")
    assert not (tmp_path / "mine").exists(), "it is not kept here"


async def test_where_the_hub_does_not_answer_it_is_said_once_and_the_files_are_read_here(tmp_path: Path) -> None:
    files = [written(tmp_path, f"{name}.json", sampled()) for name in ("a", "b")]
    away = f"http://127.0.0.1:{free_port()}"
    done = await typed(tmp_path, *files, "--url", away)
    assert done.exit_code == 0, done.output
    assert done.output.count(f"no hub answers at {away}") == 1
    assert "what comes with ComfyUI alone" in done.output
    assert {each.name for each in (tmp_path / "mine" / "workflows" / "workflows").iterdir()} == {"a.json", "b.json"}


@pytest.mark.parametrize("option", ["--force", "--into=own"])
async def test_options_for_folders_do_not_go_with_a_hub(tmp_path: Path, option: str) -> None:
    refused = await typed(tmp_path, written(tmp_path, "a.json", sampled()), "--url", "http://127.0.0.1:1", option)
    assert refused.exit_code == console.USAGE_ERROR
    assert "leave them out with --url" in refused.output.replace("\n", " ")
