"""One format for the whole funnel: chosen once, kept by every stage that starts from a picture."""

from pathlib import Path

import pytest

from tests.api.machines import DREAMSHAPER, JUGGERNAUT, ask, drawn, machines

OWN = {"checkpoints": [DREAMSHAPER, JUGGERNAUT]}


def size(generation: dict[str, object]) -> tuple[object, object]:
    return generation["width"], generation["height"]


async def test_upright_drafts_become_upright_refinements_and_stay_so(tmp_path: Path) -> None:
    async with machines(tmp_path, OWN) as studio:
        draft = await drawn(studio, model_family="sd15", format="portrait")
        refined = await drawn(studio, model_family="sdxl", **{"from": [draft["id"]]})
        polished = await drawn(studio, model_family="sdxl", side=1280, **{"from": [refined["id"]]})
    assert [size(each) for each in (draft, refined, polished)] == [(512, 768), (768, 1152), (1024, 1536)]


async def test_parents_of_several_shapes_keep_each_its_own(tmp_path: Path) -> None:
    async with machines(tmp_path, OWN) as studio:
        parents = [
            (await drawn(studio, model_family="sd15", width=width, height=height))["id"]
            for width, height in ((512, 768), (768, 512), (512, 512))
        ]
        _, batch = await ask(studio, model_family="sdxl", count=6, **{"from": parents})
        generations = (await studio.finished_batch(batch["batch_id"]))["generations"]
    assert [size(each) for each in generations] == [(768, 1152), (1152, 768), (1024, 1024)] * 2


async def test_a_size_that_is_asked_for_stays_and_one_side_alone_is_completed(tmp_path: Path) -> None:
    async with machines(tmp_path, OWN) as studio:
        draft = (await drawn(studio, model_family="sd15", format="2:3"))["id"]
        square = await drawn(studio, model_family="sdxl", width=640, height=640, **{"from": [draft]})
        completed = await drawn(studio, model_family="sdxl", width=640, **{"from": [draft]})
        wide = await drawn(studio, model_family="sdxl", format="16:9", **{"from": [draft]})
    assert [size(each) for each in (square, completed, wide)] == [(640, 640), (640, 960), (1344, 768)]


async def test_a_format_is_drawn_as_large_as_the_cards_may(tmp_path: Path) -> None:
    async with machines(tmp_path, OWN, largest=512) as studio:
        small = await drawn(studio, model_family="sd15", format="portrait")
        smaller = await drawn(studio, model_family="sdxl", side=1024)
    assert [size(small), size(smaller)] == [(384, 576), (512, 512)]


@pytest.mark.parametrize("wrong", [{"format": "round"}, {"format": "9:1"}, {"format": 1.5}, {"side": 1}, {"side": "x"}])
async def test_nonsense_is_refused_by_its_field(tmp_path: Path, wrong: dict[str, object]) -> None:
    async with machines(tmp_path, OWN) as studio:
        status, problem = await ask(studio, model_family="sd15", **wrong)
    assert (status, problem["errors"][0]["field"]) == (422, next(iter(wrong)))


async def test_the_presets_say_which_family_stands_in_for_one_that_no_card_has(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [JUGGERNAUT]}) as studio:
        flows = (await studio.http.get("/api/flows")).json()["presets"]
    drafts, refined, *_ = flows["classic"]["stages"]
    assert (drafts["model_family"], drafts["instead_of"], drafts["steps"]) == ("sdxl", "sd15", 12)
    assert (drafts["width"], drafts["height"]) == (1024, 1024)
    assert drafts["note"].startswith("drawn with sdxl: no card has a checkpoint of sd15; put one into")
    assert (refined["model_family"], refined["instead_of"], refined["drawable"]) == ("sdxl", None, True)
    assert flows["one_model"]["stages"][0]["instead_of"] == "z-image"


async def test_a_fleet_with_nothing_to_draw_with_says_so_before_anybody_asks(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": []}) as studio:
        [drafts, *_] = (await studio.http.get("/api/flows")).json()["presets"]["classic"]["stages"]
    assert (drafts["model_family"], drafts["drawable"]) == ("sd15", False)
    assert drafts["note"] == "no card has a checkpoint of sd15; put one into models/checkpoints of n0"
