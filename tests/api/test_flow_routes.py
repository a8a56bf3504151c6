"""The funnel's presets, as a page reads them."""

from tests.api.conftest import Studio


async def test_the_presets_say_what_each_stage_makes(studio: Studio) -> None:
    flows = (await studio.http.get("/api/flows")).json()
    stages = flows["presets"][flows["default"]]["stages"]
    assert [(stage["name"], stage["count"], stage["model_family"]) for stage in stages] == [
        ("drafts", 20, "sd15"),
        ("refined", 8, "sdxl"),
        ("polished", 3, "sdxl"),
        ("final", 1, "sdxl"),
    ]
