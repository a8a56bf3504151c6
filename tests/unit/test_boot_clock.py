"""The clock by which a lease runs out also while the machine is suspended."""

import time

import pytest

from vibes.services.runtime.clock import since_boot


def test_it_counts_what_the_machine_has_slept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(time, "clock_gettime", lambda clock: {7: 4711.0}[clock])
    assert since_boot() == 4711.0


def test_a_system_without_such_a_clock_has_the_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    before = time.monotonic()
    assert before <= since_boot() <= time.monotonic()
