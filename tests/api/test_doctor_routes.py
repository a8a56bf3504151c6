"""``GET /api/doctor``: a running hub looks at itself and its surroundings."""

from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.fakes.llm import FakeLlm
from tests.waiting import eventually


async def examined(studio: Studio) -> dict[str, dict[str, Any]]:
    """The findings by code and subject."""
    answer = await studio.http.get("/api/doctor")
    assert answer.status_code == 200
    report = answer.json()
    assert report["source"] == "hub"
    assert report["state"] in {each["state"] for each in report["findings"]}
    return {f"{each['code']} {each['subject']}".strip(): each for each in report["findings"]}


async def test_a_hub_that_is_well_says_so_of_each_part(studio: Studio) -> None:
    found = await examined(studio)
    for code in (
        *("hub_well", "hub_version", "gpus_well", "nodes_reached", "files_there", "disk_room", "database_well"),
        *("key_not_needed", "llm_none", "workflow_well"),
    ):
        if code == "key_not_needed" and "container_loopback" in found:
            continue  # the tests run in a container
        assert found[code]["state"] == "ok", code
    assert found["nodes_reached"]["sentence"].startswith("2 of 2 nodes answer")
    assert "database_in_use" not in found


async def test_a_node_that_goes_away_is_wrong_until_it_is_back(studio: Studio) -> None:
    studio.fleet["slow"].reachable = False
    watched = studio.hub.supervisor.get(studio.fleet["slow"].config.id)
    await eventually(lambda: watched.state == "offline", what="the hub has noticed")
    found = await examined(studio)
    assert found["node_away slow"]["state"] == "wrong"
    studio.fleet["slow"].reachable = True
    await eventually(lambda: watched.state == "ready", what="the hub has noticed that too")
    assert "node_away slow" not in await examined(studio)


async def test_mistakes_in_files_are_told_with_their_lines(studio: Studio) -> None:
    file = studio.folder / "gpus.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("tier: draft", "tier: drafty"), encoding="utf-8")
    await eventually(lambda: studio.hub.fleet.config_problems, what="the mistake is noticed")
    (studio.folder / "llm.yaml").write_text("stages: {interpreter: {server: nowhere}}\n", encoding="utf-8")
    found = await examined(studio)
    assert any(each.startswith("gpus_mistake gpus.yaml:") for each in found)
    assert any(each.startswith("llm_mistake llm.yaml:1:") for each in found)


async def test_language_models_are_looked_at_without_being_loaded(studio: Studio) -> None:
    async with FakeLlm() as fake:
        (studio.folder / "llm.yaml").write_text(
            f"""
servers:
  home: {{kind: ollama, url: "{fake.url}"}}
  gone: {{kind: ollama, url: "http://127.0.0.1:9"}}
stages:
  interpreter: {{server: home}}
  engineer: {{server: home, model: "nowhere:1b"}}
  vision: {{server: gone, model: minicpm-v}}
""",
            encoding="utf-8",
        )
        found = await examined(studio)
    assert found["llm_there"]["sentence"] == "interpreter: hermes3:8b."
    assert found["llm_no_model engineer (home)"]["state"] == "warn"
    assert found["llm_no_server vision (gone)"]["state"] == "warn"
    assert fake.brain.loaded == set()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_doctor_only_looks(studio: Studio, method: str) -> None:
    assert (await studio.http.request(method, "/api/doctor")).status_code == 405
