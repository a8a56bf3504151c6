"""Checks run beside one another; one that hangs or breaks is told and hides nothing of the others."""

import asyncio
from collections.abc import Iterable

from vibes.domain.doctor.finding import Area, Finding, State, ok, warn, wrong
from vibes.domain.errors import StorageUnavailable
from vibes.ports.checks import Check
from vibes.services.doctor.examination import examine
from vibes.services.doctor.service import Doctor
from vibes.services.runtime.clock import SystemClock


async def nothing() -> Iterable[Finding]:
    return []


async def well() -> Iterable[Finding]:
    return [ok(Area.MEMORY, "memory_room", "much is left.")]


async def test_the_worst_comes_first_and_then_the_order_of_areas() -> None:
    async def mixed() -> Iterable[Finding]:
        return [
            ok(Area.HUB, "a", "."), warn(Area.LLM, "b", "."), wrong(Area.KEYS, "c", "."), wrong(Area.NODES, "d", "."),
        ]  # fmt: skip

    report = await examine([Check(area=Area.HUB, name="all", look=mixed)], SystemClock(), "1", "files")
    assert [each.code for each in report.findings] == ["d", "c", "b", "a"]
    assert report.state is State.WRONG


async def test_a_check_that_hangs_is_told_as_that_and_others_are_heard() -> None:
    started = asyncio.Event()

    async def hangs() -> Iterable[Finding]:
        started.set()
        await asyncio.Event().wait()
        return []

    checks = [
        Check(area=Area.DISK, name="the disk", look=hangs, seconds=0.01),
        Check(area=Area.MEMORY, name="the memory", look=well),
    ]
    report = await examine(checks, SystemClock(), "1", "files")
    assert started.is_set()
    assert [each.code for each in report.findings] == ["check_hangs", "memory_room"]
    assert report.findings[0].sentence.startswith("the disk did not answer within 0.01 s")


async def test_a_check_that_hangs_even_when_it_is_stopped_holds_nothing_up() -> None:
    end = asyncio.Event()

    async def stubborn() -> Iterable[Finding]:
        while not end.is_set():
            try:
                await end.wait()
            except asyncio.CancelledError:
                continue
        return []

    report = await examine([Check(area=Area.DISK, name="it", look=stubborn, seconds=0.01)], SystemClock(), "1", "hub")
    assert [each.code for each in report.findings] == ["check_hangs"]
    end.set()


async def test_a_check_that_breaks_is_a_finding() -> None:
    async def breaks() -> Iterable[Finding]:
        raise ZeroDivisionError

    async def refused() -> Iterable[Finding]:
        raise StorageUnavailable("the disk is gone")

    checks = [Check(area=Area.LLM, name="it", look=breaks), Check(area=Area.DISK, name="that", look=refused)]
    report = await examine(checks, SystemClock(), "1", "hub")
    assert [each.sentence for each in report.findings] == [
        "that could not be looked at: the disk is gone",
        "it could not be looked at: ZeroDivisionError",
    ]


async def test_who_asks_during_an_examination_gets_the_result_of_that_one() -> None:
    looks, go_on = 0, asyncio.Event()

    async def slow() -> Iterable[Finding]:
        nonlocal looks
        looks += 1
        await go_on.wait()
        return []

    doctor = Doctor(lambda: [Check(area=Area.HUB, name="it", look=slow)], SystemClock(), "1")
    asked = [asyncio.create_task(doctor.examine()) for _ in range(20)]
    await asyncio.sleep(0)
    asked[0].cancel()
    go_on.set()
    reports = await asyncio.gather(*asked[1:])
    assert looks == 1
    assert all(each is reports[0] for each in reports)
    assert (await doctor.examine()) is not reports[0]
    await doctor.close()
