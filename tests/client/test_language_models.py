"""Language models by the Python client and on the command line."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from tests.client.conftest import Served
from tests.fakes.llm import FakeLlm
from tests.waiting import deadline, eventually
from vibes.client import AsyncHubClient, HubAddress
from vibes.commands.common.console import out
from vibes.commands.llm.showing import run_check, run_show
from vibes.domain.chat.config import Stage


@dataclass(frozen=True, slots=True)
class Asked:
    address: HubAddress
    llm: FakeLlm


@pytest.fixture
async def asked(served_hub: Served, tmp_path: Path) -> AsyncIterator[Asked]:
    async with FakeLlm() as fake:
        text = f"""
servers:
  box-under-the-desk: {{kind: ollama, url: "{fake.url}"}}
stages:
  interpreter: {{server: box-under-the-desk}}
  vision: {{server: box-under-the-desk, model: "hf.co/somebody/a-model-with-a-long-name-GGUF:Q4_K_M"}}
"""
        (tmp_path / "llm.yaml").write_text(text, encoding="utf-8")
        await eventually(lambda: served_hub.hub.chat.model(Stage.VISION), what="llm.yaml is applied")
        yield Asked(HubAddress(served_hub.url), fake)


async def test_the_client_tells_what_is_configured_and_tries_it(asked: Asked) -> None:
    async with deadline(), AsyncHubClient(asked.address.url) as hub:
        before = await hub.llm.get()
        found = await hub.llm.check([Stage.INTERPRETER])

    assert [each.model for each in before.stages][:2] == ["hermes3:8b", None]
    assert [(each.stage, each.works) for each in found.checks] == [(Stage.INTERPRETER, True)]


async def test_a_check_fits_on_eighty_columns_and_fails_where_a_stage_does(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "width", 80)
    async with deadline():
        with out.capture() as shown, pytest.raises(typer.Exit) as ended:
            await run_check(asked.address, [*Stage], as_json=False)
        with out.capture() as standing:
            await run_show(asked.address)

    table, _, sentence = shown.get().partition("vision: ")
    assert ended.value.exit_code == 1
    assert max(map(len, table.splitlines())) <= 80
    assert "works" in table
    assert "by rules" in table
    assert "`ollama pull hf.co/somebody/" in sentence
    assert "answered in" in standing.get()


async def test_a_check_of_what_works_is_told_as_json(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    async with deadline():
        await run_check(asked.address, [Stage.INTERPRETER, Stage.ENGINEER], as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert [(each["stage"], each["works"]) for each in told["checks"]] == [("interpreter", True), ("engineer", True)]
    assert told["problems"] == []


async def test_without_models_the_command_line_says_where_they_go(served_hub: Served, tmp_path: Path) -> None:
    with out.capture() as shown:
        await run_show(HubAddress(served_hub.url))

    assert "everything works by rules" in shown.get()
    assert str(tmp_path / "llm.yaml") in shown.get().replace("\n", "")
