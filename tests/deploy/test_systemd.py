"""The units of systemd: commands and settings that the product has, and no more rights than they need."""

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import typer

from deploy.release import ROOT
from tests.generators.packages import run
from vibes.cli import app
from vibes.commands.common.console import USAGE_ERROR
from vibes.commands.hub.serving import GRACEFUL_SECONDS
from vibes.environment.settings import Settings
from vibes.generators.managed_comfyui.supervisor import Patience
from vibes.replicas.process import GOING_SECONDS, LEAVE_SECONDS
from vibes.worker.celery_worker import END_SECONDS
from vibes.worker.worker import GIVE_BACK_SECONDS, GOODBYE_SECONDS

UNITS = ROOT / "deploy" / "systemd"
NAMES = ("vibes-hub.service", "vibes-worker@.service")
PLACES = {"%S": "/var/lib", "%d": "/run/credentials", "%i": "0"}
MOST_EXPOSED = "30"
"""By systemd's own count, from 0 to 100; without any of the protections it is 96."""


def said(name: str, key: str) -> list[str]:
    """What a unit says under a key, with the places filled in."""
    found = re.findall(rf"(?m)^{key}=(.*)$", (UNITS / name).read_text(encoding="utf-8"))
    for sign, place in PLACES.items():
        found = [each.replace(sign, place) for each in found]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_its_command_is_one_of_the_command_line_with_options_that_it_has(name: str) -> None:
    [command] = said(name, "ExecStart")
    program, group, *arguments = shlex.split(command)
    assert program == "/opt/vibes/bin/vibes"
    known = typer.main.get_command(app)
    own = known.get_command(known.make_context("vibes", [group], resilient_parsing=True), group)  # type: ignore[attr-defined]  # it is a group
    own.make_context(group, arguments)  # an unknown option, or a wrong value, raises


@pytest.mark.parametrize("name", NAMES)
def test_its_settings_are_settings_and_its_secrets_are_handed_over_as_files(name: str) -> None:
    variables = dict(each.split("=", 1) for line in said(name, "Environment") for each in line.split())
    fields = set(Settings.model_fields)
    for variable in variables:
        assert variable == "PYTHONUNBUFFERED" or variable.removeprefix("VIBES_").lower() in fields, variable
    assert variables["VIBES_SECRETS"] == "/run/credentials"
    [state] = said(name, "StateDirectory")
    assert variables["VIBES_DATA"] == f"/var/lib/{state}", "the one folder that it may write into"
    credentials = [each.partition(":")[0] for each in said(name, "#?LoadCredential")]
    assert credentials
    for credential in credentials:
        assert credential.removeprefix("vibes_") in fields, credential


@pytest.mark.parametrize("name", NAMES)
def test_systemd_understands_it_and_finds_it_little_exposed(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    text = (UNITS / name).read_text(encoding="utf-8")
    copy = tmp_path / name.replace("@", "@0")
    copy.write_text(
        text.replace("/opt/vibes/bin/vibes", f'"{Path(sys.executable).with_name("vibes")}"'), encoding="utf-8"
    )
    run([analyze, "verify", "--man=no", str(copy)])
    run([analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(copy)])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_away_is_tried_again_and_what_a_person_must_mend_is_not(name: str) -> None:
    assert said(name, "StartLimitIntervalSec") == ["0"], "else a database that is away for a minute stops it for good"
    assert said(name, "RestartPreventExitStatus") == [str(USAGE_ERROR)]


def test_a_worker_gets_the_devices_of_its_card() -> None:
    """Without privileges it can neither make them nor have them made (NoNewPrivileges)."""
    [before] = said("vibes-worker@.service", "ExecStartPre")
    assert re.fullmatch(r"-\+/usr/bin/nvidia-modprobe -u -c 0", before), "as root, and no failure where there is none"
    assert not said("vibes-worker@.service", "(?:PrivateDevices|DevicePolicy|DeviceAllow)")


@pytest.mark.parametrize("name", NAMES)
def test_a_share_for_pictures_is_known_to_be_read_only_until_it_is_named(name: str) -> None:
    assert said(name, "ProtectSystem") == ["strict"]
    assert "ReadWritePaths=/mnt/nas/vibes" in (UNITS / name).read_text(encoding="utf-8")
    assert "ReadWritePaths=" in (ROOT / "docs" / "media.md").read_text(encoding="utf-8")


def test_it_is_given_longer_to_end_than_it_takes() -> None:
    [seconds] = said("vibes-hub.service", "TimeoutStopSec")
    assert int(seconds) >= GOING_SECONDS + GRACEFUL_SECONDS + LEAVE_SECONDS
    [worker_seconds] = said("vibes-worker@.service", "TimeoutStopSec")
    own = GIVE_BACK_SECONDS + GOODBYE_SECONDS + Patience().end
    assert int(worker_seconds) >= own + 10, "it looks ten seconds for what its ComfyUI has left behind"
    assert int(worker_seconds) >= END_SECONDS
