"""Exploring from Python and on the command line: grids without a browser, neighbours, sheets that draw again."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.client.conftest import Served
from tests.waiting import deadline
from vibes.client import AsyncHubClient, BatchRequest, HubAddress, InvalidRequest, VariationsRequest
from vibes.commands.common.console import out
from vibes.commands.pictures.explore import ExploreOptions, axis_of, run_explore
from vibes.domain.exploration.neighbours import Direction

LIKE = BatchRequest(prompt="a foggy forest", model_family="sd15", seed=3)


def options(sheet: Path, **given: Any) -> ExploreOptions:
    typed: dict[str, Any] = {
        "prompt": "a cat",
        "x": "steps=5..7",
        "y": "cfg=5,7.5",
        "sheet": sheet,
        "family": "sd15",
        "checkpoint": None,
        "seed": 3,
        "steps": None,
        "styles": (),
        "wildcards": False,
        "max_cost": None,
        "overwrite": False,
    }
    return ExploreOptions(**{**typed, **given})


async def test_the_client_varies_looks_beside_and_between_and_keeps_a_sheet(served_hub: Served) -> None:
    async with deadline(), AsyncHubClient(served_hub.url) as hub:
        explore = hub.exploration
        batch = await explore.vary(VariationsRequest(like=LIKE, variations=[{"steps": 5}, {"steps": 6}]))
        batch = await hub.batches.wait(batch.batch_id)
        one, other = batch.generations
        assert [each.varied for each in (one, other)] == [{"steps": 5}, {"steps": 6}]

        beside = await explore.neighbours(one.id, Direction.SEED)
        assert beside.neighbours[0].words == "seed 4"
        assert beside.request is not None
        drawn = await hub.batches.wait((await explore.draw(beside.request)).batch_id)
        assert [each.varied for each in drawn.generations] == [each.varied for each in beside.neighbours]

        with pytest.raises(InvalidRequest, match="the same settings but for their seeds"):
            await explore.between(drawn.generations[0].id, drawn.generations[1].id)
        [far] = (await hub.batches.submit(BatchRequest(prompt="a meadow", model_family="sd15", steps=20))).generations
        between = await explore.between(one.id, far.id, steps=2, seeds="switch")
        assert [each.steps for each in between.generations] == [10, 15]

        assert (await explore.sheet(batch.batch_id)).startswith(b"\x89PNG")
        again = await explore.draw(await explore.sheet_request(batch.batch_id))
        assert [(each.seed, each.steps) for each in again.generations] == [(3, 5), (3, 6)]

        ahead = await explore.draw_ahead(one.session_id, one.id, [Direction.GUIDANCE], budget=2)
        assert (ahead.active, ahead.budget) == (True, 2)
        assert (await explore.drawn_ahead(one.session_id)).active
        assert not (await explore.stop_ahead(one.session_id)).active
        assert (await explore.promote(one.id)).id == one.id


async def test_the_command_writes_a_sheet_and_what_draws_it_again(served_hub: Served, tmp_path: Path) -> None:
    with out.capture() as shown:
        async with deadline():
            assert await run_explore(options(tmp_path / "sheet.png"), HubAddress(served_hub.url)) == 0
    assert "6 of 6 pictures on" in shown.get()
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    body = json.loads((tmp_path / "sheet.json").read_text())
    assert body["axes"]["x"] == {"parameter": "steps", "values": [5, 6, 7]}
    assert body["axes"]["y"] == {"parameter": "cfg_scale", "values": [5, 7.5]}
    assert body["seed"] == 3


async def test_the_command_says_what_is_wrong_with_an_axis(served_hub: Served, tmp_path: Path) -> None:
    for wrong in ("steps", "=1,2", "steps="):
        with pytest.raises(typer.Exit):
            await run_explore(options(tmp_path / "sheet.png", x=wrong), HubAddress(served_hub.url))
    with pytest.raises(typer.Exit):
        await run_explore(options(tmp_path / "sheet.png", x="steps=0,1"), HubAddress(served_hub.url))
    assert not (tmp_path / "sheet.png").exists()


@pytest.mark.parametrize(
    ("typed", "axis"),
    [
        ("steps=10,20", {"parameter": "steps", "values": [10, 20]}),
        ("cfg=5..9", {"parameter": "cfg_scale", "range": {"from": 5, "to": 9}}),
        ("strength=0.2..0.8:0.2", {"parameter": "denoise_strength", "range": {"from": 0.2, "to": 0.8, "step": 0.2}}),
        ("steps=10..30/3", {"parameter": "steps", "range": {"from": 10, "to": 30, "count": 3}}),
        ("wording:cat=a cat, sitting|a dog", {"parameter": "wording:cat", "values": ["a cat, sitting", "a dog"]}),
        ("lora:ink=0..-1:0.5", {"parameter": "lora:ink", "range": {"from": 0, "to": -1, "step": 0.5}}),
        ("sampler=euler, dpmpp_2m", {"parameter": "sampler", "values": ["euler", "dpmpp_2m"]}),
        ("prompt=nan,1e999", {"parameter": "prompt", "values": ["nan", "1e999"]}),
    ],
)
def test_an_axis_is_read_as_people_type_it(typed: str, axis: dict[str, Any]) -> None:
    assert axis_of(typed) == axis
