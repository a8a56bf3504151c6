"""Tells which of several addresses lead to one ComfyUI: such as a laptop's by cable and by Wi-Fi."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from vibes.domain.errors import NodeError
from vibes.domain.nodes.introduction import Introduction
from vibes.domain.nodes.machines import FoundMachine, Place
from vibes.nodes.comfyui.reading.foreign_json import list_of, object_of
from vibes.nodes.comfyui.transport.http import NodeHttp

_SECONDS = 2.0
_MOST_BYTES = 1_000_000
_MOST_ALIKE = 8
"""So many at most are asked of any kind of machine: whoever has more has bought them alike."""


async def each_with_its_first_place(
    found: Sequence[FoundMachine], times_at: Callable[[Place], Awaitable[frozenset[str]]]
) -> tuple[FoundMachine, ...]:
    """In the same order. Only those that say the very same of themselves, at the same port, are asked once more."""
    alike: defaultdict[tuple[Introduction, int], list[FoundMachine]] = defaultdict(list)
    for each in found:
        alike[replace(each.introduction, date=None), each.place.port].append(each)
    first: dict[Place, Place] = {}
    for several in alike.values():
        if 1 < len(several) <= _MOST_ALIKE:
            places = [each.place for each in several]
            first.update(_first_places(places, await asyncio.gather(*map(times_at, places))))
    return tuple(replace(each, same_as=first.get(each.place)) for each in found)


def _first_places(places: Sequence[Place], times: Sequence[frozenset[str]]) -> dict[Place, Place]:
    """Of those that have written something into their log at the same microsecond as one before them."""
    first: dict[Place, Place] = {}
    for index, place in enumerate(places):
        for earlier in range(index):
            if times[index] & times[earlier]:
                first[place] = first.get(places[earlier], places[earlier])
                break
    return first


async def times_of_log(http: NodeHttp) -> frozenset[str]:
    """When it wrote each of the latest lines of its log, to the microsecond; none where it does not tell. ComfyUI's own
    pages ask for that, and it may change: nothing else rests on it."""
    try:
        reply = await http.get("/internal/logs/raw", within=_SECONDS, max_bytes=_MOST_BYTES)
        entries = list_of(object_of(reply.expect_ok().json(), "its log").get("entries"), "its log")
    except NodeError:
        return frozenset()
    times = [each.get("t") for each in entries if isinstance(each, dict)]
    return frozenset(each for each in times if isinstance(each, str) and "." in each)
