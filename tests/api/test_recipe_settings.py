"""Settings of a recipe as a request takes them: only what a workflow of the family has."""

from typing import Any

import pytest

from tests.api.conftest import Studio


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
