"""Asks at many addresses at once whether a ComfyUI is there; bounded in time and in how many are asked at a time."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from vibes.domain.ids import NodeId
from vibes.domain.nodes.introduction import Introduction
from vibes.domain.nodes.machines import FoundMachine, Place, Sweep
from vibes.domain.nodes.node import NodeConfig, Tier
from vibes.nodes.comfyui.alike import each_with_its_first_place, times_of_log
from vibes.nodes.comfyui.introducing import introduce
from vibes.nodes.comfyui.transport.http import HttpLimits, NodeHttp

AT_ONCE = 64
"""Connections that are tried at the same time: few enough for any router and for the limit of open files."""
CONNECT_SECONDS = 1.0
"""A machine in one's own network answers within milliseconds, one that sleeps on Wi-Fi within a second."""
ANSWER_SECONDS = 4.0
"""A ComfyUI that loads a model may be silent for seconds."""


@dataclass(slots=True)
class _Sweeping:
    """What is left to ask, and what was found."""

    left: list[tuple[int, Place]]
    asked: int = 0
    found: dict[int, FoundMachine] = field(default_factory=dict)


async def sweep(places: Sequence[Place], seconds: float) -> Sweep:
    """The port `vibes.ports.machines.LookFor`."""
    sweeping = _Sweeping(list(reversed(list(enumerate(dict.fromkeys(places))))))
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(sweeping.left))):
                group.create_task(_ask_all(sweeping))
    found = [sweeping.found[index] for index in sorted(sweeping.found)]
    return Sweep(found=await each_with_its_first_place(found, _times_at), asked=sweeping.asked)


async def _ask_all(sweeping: _Sweeping) -> None:
    while sweeping.left:
        index, place = sweeping.left.pop()
        introduction = await _ask(place) if await _listens(place) else None
        sweeping.asked += 1
        if introduction is not None:
            sweeping.found[index] = FoundMachine(place, introduction)


async def _listens(place: Place) -> bool:
    """Whether anything does; most addresses are told by this alone."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(place.host, place.port)
    except (OSError, UnicodeError):  # TimeoutError is an OSError
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def _ask(place: Place) -> Introduction | None:
    http = NodeHttp(_config(place), HttpLimits(connect_seconds=CONNECT_SECONDS))
    try:
        said = await introduce(http, ANSWER_SECONDS)
    finally:
        await http.close()
    return said if isinstance(said, Introduction) else None


async def _times_at(place: Place) -> frozenset[str]:
    http = NodeHttp(_config(place), HttpLimits(connect_seconds=CONNECT_SECONDS))
    try:
        return await times_of_log(http)
    finally:
        await http.close()


def _config(place: Place) -> NodeConfig:
    """Of a node that nobody has written down yet."""
    return NodeConfig(
        id=NodeId("found"),
        name=place.host,
        tier=Tier.STANDARD,
        vram_gb=0,
        host=place.host,
        port=place.port,
        capabilities=frozenset(),
        max_resolution=64,
        max_batch=1,
    )
