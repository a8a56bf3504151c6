"""``make soak``: tens of thousands of pictures by instant nodes while machines, lines and the hub itself fail."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests.faults.world import VERSIONS, Machine, World, fleet_of
from tests.soak.mishaps import HUB, Mishaps
from tests.soak.people import People
from tests.soak.verdict import problems
from tests.waiting import due, eventually

NODES = 5
LOOK_SECONDS = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--pictures", type=int, default=5_000, help="how many are asked for")
    parser.add_argument("--seed", type=int, default=1, help="of what people do and what goes wrong")
    parser.add_argument("--every", type=float, default=0.7, help="seconds between two mishaps, on average")
    parser.add_argument("--folder", type=Path, help="where data and logs are kept; default: a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vibes-soak-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = asyncio.run(soak(folder, options.pictures, options.seed, options.every))
    say(f"{len(found)} problems" if found else "all is well")
    for problem in found[:50]:
        say(problem)
    sys.exit(bool(found))


async def soak(folder: Path, pictures: int, seed: int, every: float) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - a story that can be told again
    async with AsyncExitStack() as stack:
        machines = {f"n{index}": _machine(index, folder, stack) for index in range(NODES)}
        await asyncio.gather(*(machine.start() for machine in machines.values()))
        world = World(folder, machines, stack)
        ports = {machine.id: machine.port for machine in machines.values()}
        (folder / "gpus.yaml").write_text(fleet_of(ports), encoding="utf-8")
        await world.start_hub(HUB)
        mishaps, people = Mishaps(world, chance, every=every), People(world, chance, pictures)
        troubles = [asyncio.create_task(mishaps.go_on()), asyncio.create_task(_report(mishaps, people))]
        try:
            await people.go_on()
        except AssertionError as error:
            return [str(error), *await problems(world, people.batches)]
        finally:
            for each in troubles:
                each.cancel()
            await asyncio.wait(troubles)
            say(_state(mishaps, people))
        await mishaps.heal()
        await eventually(lambda: _is_over(world, people), within=120, every=1.0, what="the last mishaps are over")
        return await problems(world, people.batches)


def _machine(index: int, folder: Path, stack: AsyncExitStack) -> Machine:
    """All but the last share one output folder, as cards of one machine do."""
    shared = "comfyui" if index < NODES - 1 else "comfyui-alone"
    version = VERSIONS[index % len(VERSIONS)]
    arguments = ("--profile", "instant", "--comfyui-version", version, "--folder", shared)
    return Machine(f"n{index}", arguments, folder, stack)


async def _is_over(world: World, people: People) -> bool:
    await people.look_at_all()
    return not people.open


async def _report(mishaps: Mishaps, people: People) -> None:
    while True:
        await due(time.monotonic() + LOOK_SECONDS)
        say(_state(mishaps, people))


def _state(mishaps: Mishaps, people: People) -> str:
    return f"{time.strftime('%H:%M:%S')} asked {people.asked}; {dict(mishaps.happened)}; {dict(people.did)}"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what a person who runs it reads


if __name__ == "__main__":
    main()
