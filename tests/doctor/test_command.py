"""``vibes doctor`` as a person types it: with a hub, without one, with another program in its place."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.contract.raw_server import raw_server
from tests.doctor.facts import NOW
from tests.doctor.test_asking import answering, http
from tests.hub import served
from tests.loopback import free_port
from tests.simulated_fleet import ENTRY, simulated_fleet
from vibes.client import HubAway, HubRefused, HubUntrusted, KeyRefused, NotFound, NotUnderstood, WrongAddress
from vibes.commands.common.console import out
from vibes.commands.setup.doctor import STATUS, DoctorOptions, run_doctor
from vibes.commands.setup.reaching import not_reached, reached
from vibes.commands.setup.showing import show
from vibes.domain.doctor.finding import Area, Finding, Report, State, ok, warn, wrong
from vibes.environment.machine.listeners import Listener
from vibes.environment.starts import starts_file
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions


async def told(options: DoctorOptions, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """The status and the findings by code."""
    with pytest.raises(typer.Exit) as left:
        await run_doctor(options, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"state", "checked_at", "took_seconds", "version", "source", "findings"}
    for each in document["findings"]:
        assert set(each) == {"area", "code", "state", "subject", "sentence"}
    return left.value.exit_code, {each["code"]: each for each in document["findings"]} | {"source": document["source"]}


def options(folder: Path, url: str | None = None, **given: Any) -> DoctorOptions:
    values: dict[str, Any] = {
        "config": folder / "gpus.yaml",
        "data": folder / "data",
        "api_key": None,
        "api_key_file": None,
    }
    return DoctorOptions(url=url, **{**values, **given})


@pytest.fixture(autouse=True)
def nobody_else_s_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """The port of the settings is one where nobody listens; other programs of this machine may have the usual one."""
    monkeypatch.setenv("VIBES_PORT", str(free_port()))


async def test_without_a_hub_it_looks_at_settings_files_and_nodes_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with simulated(tmp_path, NodeOptions()):
        status, found = await told(options(tmp_path), capsys)
    assert (status, found["source"]) == (1, "files")
    assert found["hub_not_running"]["state"] == "warn"
    assert found["nodes_reached"]["sentence"].startswith("1 of 1 node answers")
    assert "sd15 on here" in found["files_there"]["sentence"]
    assert found["database_new"]["state"] == found["port_free"]["state"] == "ok"
    assert not (tmp_path / "data").exists(), "nothing was changed"


async def test_a_mistake_in_the_fleet_file_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gpus.yaml").write_text("nodes:\n  - {id: a, name: a, tier: drafty}\n", encoding="utf-8")
    status, found = await told(options(tmp_path), capsys)
    assert status == 2
    assert found["gpus_mistake"]["subject"].startswith("gpus.yaml:2:")


async def test_without_a_fleet_file_it_says_how_to_get_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = await told(options(tmp_path), capsys)
    assert status == 2
    assert "vibes discover" in found["no_fleet_file"]["sentence"]


async def test_why_the_hub_did_not_last_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    starts_file(data).write_text(
        json.dumps(
            [{"at": 1.0, "process": 7, "reason": "no space"}, {"at": 2.0, "process": 8, "reason": "port taken"}]
        ),
        encoding="utf-8",
    )
    _, found = await told(options(tmp_path), capsys)
    assert found["hub_ended_early"]["sentence"].endswith("2 times; the last time: port taken")
    starts_file(data).write_text("{", encoding="utf-8")
    _, found = await told(options(tmp_path), capsys)
    assert "hub_ended_early" not in found


async def test_a_setting_that_makes_no_sense_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIBES_PORT", "nowhere")
    status, found = await told(options(tmp_path, f"http://127.0.0.1:{free_port()}"), capsys)
    assert status == 2
    assert "VIBES_PORT" in found["setting_wrong"]["sentence"]


async def test_a_running_hub_looks_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with simulated_fleet(tmp_path, {"here": NodeOptions()}) as (hub, _, settings), served(hub, settings) as place:
        status, found = await told(options(tmp_path, f"http://{place}"), capsys)
    assert found["source"] == "hub"
    assert found["hub_reached"]["state"] == found["nodes_reached"]["state"] == found["clocks_agree"]["state"] == "ok"
    assert status < 2


async def test_another_program_at_the_hub_s_port_is_told_and_the_rest_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with raw_server(answering(http("200 OK", b"<html>"))) as port:
        status, found = await told(options(tmp_path, f"http://127.0.0.1:{port}"), capsys)
    assert status == 2
    assert "what answers there is no hub" in found["hub_other_program"]["sentence"]
    assert "no_fleet_file" in found


async def test_of_a_hub_on_another_machine_this_one_s_files_say_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vibes.commands.setup.doctor.is_loopback", lambda _: False)
    _, found = await told(options(tmp_path, f"http://127.0.0.1:{free_port()}"), capsys)
    assert set(found) == {"source", "hub_not_running"}


@pytest.mark.parametrize(
    ("error", "listener", "code"),
    [
        (WrongAddress("ftp://x is no address"), None, "hub_address"),
        (KeyRefused("no", status=401, code="api_key_required"), None, "hub_key_refused"),
        (NotFound("no", status=404, code="not_found"), None, "hub_older"),
        (NotUnderstood("html"), Listener(7, "nginx"), "hub_other_program"),
        (HubRefused("unknown host", status=421, code="unknown_host"), None, "hub_refuses"),
        (HubAway("no answer"), Listener(7, "vibes"), "hub_hangs"),
        (HubAway("no answer"), None, "hub_not_running"),
        (HubUntrusted("its certificate is not trusted"), None, "hub_certificate"),
    ],
)
def test_each_way_of_not_reaching_the_hub_has_its_code(error: Exception, listener: Listener | None, code: str) -> None:
    found = not_reached(error, "http://127.0.0.1:8001", listener)  # type: ignore[arg-type]  # each is a ClientError
    assert found.code == code
    if listener is not None:
        assert f"({listener.command}, process 7)" in found.sentence


def test_a_hub_of_another_release_is_told() -> None:
    assert [each.code for each in reached("http://127.0.0.1:8001", "9.9.9")] == ["hub_reached", "hub_other_version"]


def test_it_fits_on_a_screen_of_80_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "_width", 80)
    long = "it \x1b[31m is like this " + "and that " * 20 + "so do what helps."
    findings = (wrong(Area.NODES, "node_other_program", long, "attic"), ok(Area.HUB, "hub_well", "fine."))
    show(report(*findings))
    shown = capsys.readouterr().out
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "\x1b[31m" not in shown
    assert "attic: it" in shown
    assert "1 wrong." in shown
    show(report(warn(Area.DISK, "disk_nearly_full", "make room."), findings[1]))
    assert "1 could be better." in capsys.readouterr().out
    show(report(findings[1]))
    assert "All is right." in capsys.readouterr().out


def report(*findings: Finding) -> Report:
    return Report(findings=findings, checked_at=NOW, took_seconds=0.1, version="1", source="hub")


def test_the_states_are_statuses_in_order() -> None:
    assert [STATUS[each] for each in State] == [0, 1, 2]


@asynccontextmanager
async def simulated(folder: Path, node: NodeOptions) -> AsyncIterator[None]:
    """A fleet file with one simulated node, and no hub."""
    async with SimulatedNode(node) as running:
        entry = ENTRY.format(id="here", port=running.port)
        (folder / "gpus.yaml").write_text(f"nodes:\n{entry}", encoding="utf-8")
        yield
