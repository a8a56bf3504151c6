"""Answers to wrong keys are delayed, for nobody else, and within limited memory."""

import asyncio
import logging

import pytest

from tests.fakes import FakeClock
from vibes.api.http.wrong_keys import FREE_TRIES, LONGEST_DELAY, MOST_NETWORKS, MOST_WAITING, WrongKeys, delay_after

GUESSER = "192.0.2.7"


def test_a_person_may_mistype_and_who_goes_on_waits_longer_and_longer() -> None:
    delays = [delay_after(wrong) for wrong in range(1, 200)]
    assert delays[:FREE_TRIES] == [0.0] * FREE_TRIES
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY


async def test_only_a_few_guesses_of_a_network_wait_and_the_others_are_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = asyncio.Event()

    async def sleep(_: float) -> None:
        await answered.wait()

    clock = FakeClock()
    keys = WrongKeys(clock)
    for _ in range(FREE_TRIES):
        await keys.wrong(GUESSER)
    monkeypatch.setattr(clock, "sleep", sleep)
    async with asyncio.TaskGroup() as guesses:
        for _ in range(MOST_WAITING):
            assert keys.may_try(GUESSER)
            started = guesses.create_task(keys.wrong(GUESSER))
            while not keys._records[GUESSER].waiting and not started.done():
                await asyncio.wait([started], timeout=0.001)
        await asyncio.wait([started], timeout=0.01)
        assert not keys.may_try(GUESSER)
        assert keys.may_try("198.51.100.1"), "others are not asked to wait"
        keys.right(GUESSER)
        assert keys.may_try(GUESSER), "who has the key is let in, whoever guesses beside them"
        answered.set()
    assert keys.total == FREE_TRIES + MOST_WAITING


async def test_the_log_names_the_address_and_never_the_key_and_is_not_filled(caplog: pytest.LogCaptureFixture) -> None:
    keys = WrongKeys(FakeClock())
    with caplog.at_level(logging.WARNING):
        for _ in range(FREE_TRIES):
            await keys.wrong(GUESSER)
    assert [record.getMessage() for record in caplog.records] == [
        f"wrong API key from {GUESSER} (1 so far)",
        f"wrong API key from {GUESSER} (2 so far)",
    ]


async def test_a_million_addresses_take_the_memory_of_a_few_thousand() -> None:
    keys = WrongKeys(FakeClock())
    for number in range(MOST_NETWORKS + 500):
        await keys.wrong(f"2001:db8:{number // 65536:x}:{number % 65536:x}::1")
        await keys.wrong(f"2001:db8:{number // 65536:x}:{number % 65536:x}::2")
    assert len(keys._records) == MOST_NETWORKS
    assert {record.wrong for record in keys._records.values()} == {2}, "a subscriber's addresses count as one"


async def test_old_mistakes_are_forgotten() -> None:
    clock = FakeClock()
    keys = WrongKeys(clock)
    for _ in range(FREE_TRIES):
        await keys.wrong(GUESSER)
    clock.advance(1000.0)
    await keys.wrong(GUESSER)
    assert keys._records[GUESSER].wrong == 1
