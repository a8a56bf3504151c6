"""What docs/comfyui-protocol.md says is what the recorded servers did: its marks exist, its main facts are there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "comfyui-protocol.md"
TRANSCRIPTS = ROOT / "tests" / "fixtures" / "comfyui" / "transcripts"
VERSIONS = ("v0.3.64", "v0.33.0")

both_versions = pytest.mark.parametrize("version", VERSIONS)


def events(version: str, scenario: str) -> list[dict[str, Any]]:
    [path] = (TRANSCRIPTS / version).glob(f"{scenario}_*.json")
    recorded: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["events"]
    return recorded


def messages(version: str, scenario: str, socket: str = "submitter") -> list[dict[str, Any]]:
    return [each["ws"]["json"] for each in events(version, scenario) if each.get("ws", {}).get("socket") == socket]


def exchanges(version: str, scenario: str, path: str) -> list[dict[str, Any]]:
    with_http = [each["http"] for each in events(version, scenario) if "http" in each]
    return [each for each in with_http if each["request"]["path"].startswith(path)]


def test_every_recording_that_the_page_names_exists() -> None:
    marks = re.findall(r"\*recorded ((?:\d\d(?:, )?)+)\*", PAGE.read_text(encoding="utf-8"))
    named = {number for mark in marks for number in re.findall(r"\d\d", mark)}
    assert len(named) > 10, "it finds them"
    recorded = [{path.name[:2] for path in (TRANSCRIPTS / version).glob("*.json")} for version in VERSIONS]
    assert all(named <= numbers for numbers in recorded)


@both_versions
def test_events_of_a_prompt_end_with_executing_null_after_its_success(version: str) -> None:
    told = messages(version, "02")
    types = [each["type"] for each in told]
    end = next(index for index, each in enumerate(told) if each["data"].get("node", 0) is None)
    assert types.index("execution_start") < types.index("execution_cached") < types.index("execution_success") < end


@both_versions
def test_a_cached_prompt_runs_nothing_and_names_the_old_file(version: str) -> None:
    told = messages(version, "03")
    assert not any(each["type"] == "executing" and each["data"]["node"] is not None for each in told)
    [executed] = [each["data"] for each in told if each["type"] == "executed"]
    [first] = [each["data"] for each in messages(version, "02") if each["type"] == "executed"]
    assert executed["output"] == first["output"]


def test_only_the_newer_version_refuses_an_id_that_is_no_uuid() -> None:
    answers = {version: exchanges(version, "04", "/prompt")[-1]["response"] for version in VERSIONS}
    assert answers["v0.3.64"]["status"] == 200
    assert answers["v0.33.0"]["status"] == 400
    assert answers["v0.33.0"]["body"]["error"]["type"] == "invalid_prompt_id"


@both_versions
def test_failed_and_interrupted_prompts_differ_in_their_last_message_alone(version: str) -> None:
    ends = []
    for scenario in ("06", "08"):
        [entry] = exchanges(version, scenario, "/history/")[-1]["response"]["body"].values()
        ends.append((entry["status"]["status_str"], entry["status"]["messages"][-1][0]))
    assert ends == [("error", "execution_interrupted"), ("error", "execution_error")]


@both_versions
def test_an_interrupt_of_another_prompt_does_nothing_and_answers_the_same(version: str) -> None:
    wrong, right = exchanges(version, "06", "/interrupt")
    assert wrong["response"] == right["response"]
    assert [each["type"] for each in messages(version, "06")].count("execution_interrupted") == 1


@both_versions
def test_a_client_that_comes_back_hears_one_message_without_a_prompt_id(version: str) -> None:
    greeting, running, *_ = messages(version, "11", "second")
    assert (greeting["type"], running["type"]) == ("status", "executing")
    assert set(running["data"]) == {"node"}


@both_versions
def test_the_newer_of_two_sockets_with_one_id_gets_all_messages(version: str) -> None:
    assert len(messages(version, "12", "first")) == 1
    assert any(each["type"] == "execution_success" for each in messages(version, "12", "second"))


@both_versions
def test_what_a_prompt_without_client_shows_goes_to_everybody(version: str) -> None:
    heard: dict[str, set[str]] = {}
    for told in (each["ws"] for each in events(version, "13") if "ws" in each):
        heard.setdefault(told["socket"], set()).add(told["json"]["type"])
    assert heard
    assert all("progress_state" in types and "execution_start" not in types for types in heard.values())
