"""The library over HTTP: what is broken is told with its place, and what still serves is marked."""

from pathlib import Path

from tests.api.conftest import Studio
from tests.unit.workflow_sources import SMALL_TEMPLATE
from tests.waiting import eventually


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def test_a_workflow_dropped_into_the_data_folder_is_offered_and_a_broken_edit_is_told_and_marked(
    studio: Studio,
) -> None:
    own = studio.folder / "data" / "workflows"
    manifest = own / "manifests" / "mine.yaml"
    write(own / "workflows" / "mine.json", SMALL_TEMPLATE.replace("Encode", "CLIPTextEncod"))
    write(manifest, "mine: {families: [sd15]}")

    async def mine(*, stale: bool) -> bool:
        listed = (await studio.http.get("/api/workflows")).json()
        return any((each["id"], each["stale"]) == ("mine", stale) for each in listed["workflows"])

    await eventually(lambda: mine(stale=False), within=2, what="the new workflow is listed")
    [warning] = (await studio.http.get("/api/workflows")).json()["warnings"]
    assert (warning["file"], warning["line"]) == (f"{own}/workflows/mine.json", 2)
    assert "did you mean CLIPTextEncode" in warning["message"]

    write(manifest, "mine:\n  families: [sd15]\n  default_params: {stesp: 3}")
    await eventually(lambda: mine(stale=True), within=2, what="the broken edit is noticed")
    answer = (await studio.http.get("/api/workflows")).json()
    assert answer["problems"] == [
        {"file": str(manifest), "line": 3, "column": 20, "message": "unknown parameter 'stesp'; did you mean steps?"}
    ]
    detail = (await studio.http.get("/api/workflows/mine")).json()
    assert (detail["stale"], detail["parameters"]) == (True, ["prompt", "steps", "seed"])
