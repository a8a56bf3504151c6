"""A recipe as a request takes it: what a workflow of the family has, a limited number of files, a name."""

import json
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.api.test_workflow_routes import EXPORT
from tests.pictures import ramp, saved
from tests.unit.import_exports import with_inputs
from vibes.documents.png_texts import with_text
from vibes.services.generations.recipes import MOST_FILES


async def settings_of(studio: Studio, model: str, more: str = "") -> dict[str, Any]:
    text = f"a fox\nSteps: 20, Sampler: Euler, Seed: 5, Size: 512x768, Model: {model}{more}"
    answer = await studio.http.post("/api/recipes", content=text.encode(), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()["settings"]
    return told


@pytest.mark.parametrize(("model", "takes"), [("flux1-dev", True), ("sd_xl_base_1.0", False), ("nobody_knows", False)])
async def test_guidance_is_told_where_a_workflow_of_the_family_takes_it(
    studio: Studio, model: str, takes: bool
) -> None:
    told = await settings_of(studio, model, ", Distilled CFG Scale: 3.5")
    assert told.get("parameters") == ({"guidance": 3.5} if takes else None)
    assert "guidance" not in told


@pytest.mark.parametrize(
    ("model", "family"), [("flux1-dev", "flux"), ("hunyuan_video_720", None), ("nobody_knows", None)]
)
async def test_a_family_without_workflows_is_not_told(studio: Studio, model: str, family: str | None) -> None:
    assert (await settings_of(studio, model)).get("model_family") == family


async def test_a_text_that_names_hundreds_of_files_tells_the_first_of_them(studio: Studio) -> None:
    many = " ".join(f"<lora:number {index}:1>" for index in range(300))
    text = f"a fox {many}\nSteps: 20, Sampler: Euler, Seed: 5, Size: 512x768, Model: nobody_knows"
    answer = await studio.http.post("/api/recipes", content=text.encode(), headers={"Content-Type": "text/plain"})
    assert len(answer.json()["files"]) == MOST_FILES
    assert answer.json()["notes"][-1].endswith(f" files, of which the first {MOST_FILES} are told")


@pytest.mark.parametrize(
    ("file", "name"),
    [("My Fox.JPG", "my_fox"), ("a.b.webp", "a_b"), ("base.png", "x"), ("背景.png", "x"), ("fox.jpeg", "fox")],
)
async def test_a_graph_in_a_picture_gets_a_name_that_an_import_takes(studio: Studio, file: str, name: str) -> None:
    picture = with_text(saved(ramp("RGB")), "prompt", json.dumps(with_inputs(EXPORT, "4", ckpt_name="x.safetensors")))
    recipe = (await studio.http.post("/api/recipes", files={"file": (file, picture)})).json()
    assert recipe["workflow"]["name"] == name
