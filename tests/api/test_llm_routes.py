"""``/api/llm``: what people see of the language models that llm.yaml names."""

from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.fakes.llm import Brain, FakeLlm, Turn
from tests.waiting import eventually

ONE = "servers: {a: {kind: ollama, url: 'http://127.0.0.1:1'}}\nstages: {interpreter: {server: a}}\n"


async def test_without_a_file_every_stage_works_by_rules(studio: Studio) -> None:
    shown = (await studio.http.get("/api/llm")).json()

    assert shown["configured"] is False
    assert shown["file"] == str(studio.folder / "llm.yaml")
    assert {each["words"] for each in shown["stages"]} == {"no model is configured: it works by rules"}
    assert [each["stage"] for each in shown["stages"]] == ["interpreter", "engineer", "vision"]


async def test_the_file_is_followed_and_its_last_good_version_stays_in_force(studio: Studio) -> None:
    file = studio.folder / "llm.yaml"

    async def shown() -> dict[str, Any]:
        return dict((await studio.http.get("/api/llm")).json())

    async def configured() -> bool:
        return (await shown())["configured"] is True

    file.write_text(ONE, encoding="utf-8")
    await eventually(configured, what="the new file is applied")

    file.write_text(ONE.replace("server: a", "server: b"), encoding="utf-8")
    problems = await eventually(lambda: studio.hub.chat.config_problems, what="the mistake is told")
    assert [str(each) for each in problems] == (await shown())["problems"]
    assert str(problems[0]).startswith("llm.yaml:2:")
    assert (await shown())["stages"][0]["model"] == "hermes3:8b"

    file.unlink()
    await eventually(lambda: not studio.hub.chat.config_problems, what="the file is gone")
    assert (await shown())["configured"] is False


async def test_a_check_tells_of_each_stage_what_works_and_what_helps(studio: Studio) -> None:
    async with FakeLlm() as fake:
        await configured(
            studio,
            f"""
servers:
  home: {{kind: ollama, url: "{fake.url}"}}
  other: {{kind: openai, url: "{fake.url}"}}
  gone: {{kind: ollama, url: "http://127.0.0.1:9"}}
stages:
  interpreter: {{server: home}}
  engineer: {{server: home, model: "nowhere:1b"}}
  vision: {{server: other, model: minicpm-v}}
""",
        )
        checks = (await studio.http.post("/api/llm/check")).json()["checks"]
        fake.brain.usual = Turn(text="The colour is red.")
        (babbles,) = (await studio.http.post("/api/llm/check", json={"stages": ["vision"]})).json()["checks"]
        shown = (await studio.http.get("/api/llm")).json()["stages"]

    interpreter, engineer, vision = checks
    assert (interpreter["works"], interpreter["there"], interpreter["vision"]) == (True, True, False)
    assert (interpreter["honoured"], interpreter["form"]) == ("schema", "JSON schema")
    assert interpreter["seconds"] > 0
    assert interpreter["digest"] == "sha256:herm"
    assert (engineer["works"], engineer["there"]) == (False, False)
    assert engineer["problem"] == "home does not have nowhere:1b: run `ollama pull nowhere:1b` there"
    assert (vision["works"], vision["honoured"]) == (True, "schema")
    assert (babbles["works"], babbles["honoured"]) == (False, "no")
    assert "answers with no JSON" in babbles["problem"]
    assert shown[0]["words"].startswith("answered in ")
    assert (shown[0]["works"], shown[1]["works"]) == (True, False)
    assert shown[1]["words"] == engineer["problem"]


async def test_a_key_is_found_in_the_file_beside_llm_yaml_and_told_nowhere(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME_LLM_KEY", raising=False)
    async with FakeLlm(Brain(key="very-secret")) as fake:
        await configured(
            studio,
            f"servers: {{a: {{kind: openai, url: '{fake.url}', api_key_env: HOME_LLM_KEY}}}}\n"
            "stages: {engineer: {server: a}}\n",
        )
        missing = (await studio.http.post("/api/llm/check", json={"stages": ["engineer"]})).text
        (studio.folder / ".env").write_text("HOME_LLM_KEY=very-secret\n", encoding="utf-8")
        found = (await studio.http.post("/api/llm/check", json={"stages": ["engineer"]})).json()["checks"][0]
        shown = (await studio.http.get("/api/llm")).text

    assert "HOME_LLM_KEY, which holds the key of a, is not set" in missing
    assert found["works"] is True
    assert "very-secret" not in missing + shown + str(found)


async def test_a_stage_without_a_model_is_not_checked_and_an_unknown_one_refused(studio: Studio) -> None:
    (check,) = (await studio.http.post("/api/llm/check", json={"stages": ["vision"]})).json()["checks"]
    refused = await studio.http.post("/api/llm/check", json={"stages": ["poet"]})

    assert (check["works"], check["model"], check["seconds"]) == (True, None, None)
    assert refused.status_code == 422


async def configured(studio: Studio, text: str) -> None:
    (studio.folder / "llm.yaml").write_text(text, encoding="utf-8")
    await eventually(lambda: any(each.config for each in studio.hub.chat.standings()), what="llm.yaml is applied")
