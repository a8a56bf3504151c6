"""Concepts from Python and from the command line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.client.conftest import Served
from tests.pictures import ramp, saved
from vibes.cli import app
from vibes.client import AsyncHubClient, InvalidRequest
from vibes.commands.common import console
from vibes.domain.concept.fields import Field

BRIEF = "oil painting of a lighthouse in the fog at dusk, no people"


async def test_a_prompt_becomes_cards_and_these_a_prompt_of_another_family(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub:
        found = await hub.concepts.split(BRIEF, negative_prompt="text", model_family="sd15")
        assert {each.field: each.text for each in found.cards if each.text} == {
            Field.SUBJECT: "a lighthouse",
            Field.SETTING: "in the fog",
            Field.STYLE: "oil painting",
            Field.LIGHTING: "at dusk",
            Field.KEEP_OUT: "people, text",
        }
        assert found.degraded == "by word lists: no LLM is configured"
        written = await hub.concepts.assemble(found.cards, model_family="flux")
        assert written.prompt == "A lighthouse, in the fog. Oil painting. At dusk."
        assert len(written.notes) == 1
        six = await hub.concepts.suggest([Field.MOOD, "camera"], found.cards, seed=7)
        assert six == await hub.concepts.suggest(["mood", "camera"], found.cards, seed=7)
        assert [len(texts) for texts in six.suggestions.values()] == [6, 6]
        edited = await hub.concepts.split("a lighthouse, calm", cards=found.cards, by_lists=True)
        assert edited.degraded == "by word lists"
        png = (await hub.artifacts.upload(saved(ramp()))).artifact_id
        with pytest.raises(InvalidRequest, match="say in words"):
            await hub.concepts.split(picture=f"artifact:{png}")


async def test_the_command_hands_cards_on_to_itself(
    served_hub: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "_width", 80)
    long = f"{BRIEF}, {', '.join(['a very long description of a rocky shore'] * 5)}"
    shown = await _run(served_hub, "split", long)
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "keep out  people" in shown.stdout
    assert shown.stderr == "by word lists: no LLM is configured\n"
    file = tmp_path / "cards.json"
    file.write_text((await _run(served_hub, "split", BRIEF, "--json")).stdout, encoding="utf-8")
    more = ["--cards", str(file), "--card", "lighting=moonlight"]
    written = await _run(served_hub, "assemble", *more, "--family", "sdxl")
    assert written.stdout == "a lighthouse, in the fog, oil painting, moonlight\nnot: people\n"
    two = ["mood", "palette", "-n", "2", "--seed", "3"]
    words = (await _run(served_hub, "suggest", *two, *more)).stdout.splitlines()
    told = json.loads((await _run(served_hub, "suggest", *two, *more, "--json")).stdout)
    assert words == ["mood", *told["suggestions"]["mood"], "palette", *told["suggestions"]["palette"]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["split"], "say what you want to see"),
        (["split", "--picture", "nobody/has.png"], "nobody/has.png cannot be read: No such file"),
        (["assemble"], "name cards"),
        (["assemble", "--card", "weather=rain"], "FIELD one of subject, setting"),
        (["assemble", "--cards", "nobody/has.json"], "nobody/has.json cannot be read: No such file"),
        (["suggest", "weather"], "'weather' is not one of"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(words: list[str], why: str) -> None:
    result = CliRunner().invoke(app, ["concept", *words], env={"COLUMNS": "200"})
    assert (result.exit_code, why in result.stderr) == (2, True), result.output


@pytest.mark.parametrize("text", ["no JSON", "3", "{}", '[{"field": "weather"}]', '{"cards": 3}'])
def test_a_file_that_has_no_cards_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cards.json"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["concept", "assemble", "--cards", str(file)])
    assert (result.exit_code, "has no cards" in result.stderr) == (2, True), result.output


async def _run(served_hub: Served, *words: Any) -> Result:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["concept", *words, "--url", served_hub.url])
    assert result.exit_code == 0, result.output
    return result
