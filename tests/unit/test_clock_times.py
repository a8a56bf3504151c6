"""A clock time in a sentence says which clock: the hub's machine is rarely in the zone of who reads it."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import vibes
from tests.unit.fleet import node, work
from vibes.domain.nodes.node import NodeState
from vibes.scheduling.eligibility import waiting_reason

SOURCES = sorted(Path(vibes.__file__).parent.rglob("*.py"))
CLOCK_TIME = re.compile(r"%H.*")
NAMES_A_ZONE = re.compile(r"%H:?%M(:?%S)?(\}? UTC|Z| %Z)")
A_FILES_NAME = re.compile(r"\{suffix\}|%H-%M-%SZ|%H%M%S\}_\{generation\.spec\.seed\}")
A_DATABASES_OWN = re.compile(r"%H:%M:%f', 'now'\)")
"""SQLite's ``strftime``, which is always UTC."""
LOCAL = re.compile(r"\.astimezone\(\)|datetime\.now\(\)|localtime|strftime\(\"[^\"]*%H(?![^\"]*Z)")
OF_THE_MACHINE = {"simulator/state/files.py", "services/media/archive.py", "commands/fleet/steering.py"}
"""ComfyUI's own ``%hour%`` in a file name is the machine's, and so is the time of a file in a zip: it has no zone. And
what a person types is meant as the clock before them shows it."""


@pytest.fixture(params=["Asia/Kolkata", "America/St_Johns"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The hub's machine is in another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_since_when_a_node_takes_no_work_is_told_in_utc_wherever_the_hub_stands() -> None:
    moment = datetime(2026, 11, 29, 23, 43, tzinfo=UTC)
    for same in (moment, moment.astimezone(timezone(timedelta(hours=5, minutes=30)))):
        fleet = (node("linux2", state=NodeState.DRAINING, since=same),)
        assert "linux2 is draining since 23:43 UTC" in str(waiting_reason(fleet, work("picture")))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_module_writes_a_clock_time_without_its_zone(source: Path) -> None:
    text = source.read_text("utf-8")
    for found in CLOCK_TIME.findall(text):
        assert NAMES_A_ZONE.match(found) or A_FILES_NAME.search(found) or A_DATABASES_OWN.match(found), found
    if source.as_posix().endswith(tuple(OF_THE_MACHINE)):
        return
    assert not LOCAL.search(text)
