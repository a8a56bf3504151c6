"""``/api/llm``: what people see of the language models that llm.yaml names."""

from typing import Any

from tests.api.conftest import Studio
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
