"""A rental office in virtual time before the stand-in for Vast.ai: may be killed at any moment and started again."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.vast import KEY, FakeCloud
from tests.simulation.rentals.carried import Carried
from tests.simulation.virtual_time import BEGIN, Agenda, VirtualClock, VirtualLoop
from vibes.generators.vastai.account import VastAccount
from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.costs import NO_CAPS, Caps
from vibes.generators.vastai.decisions import Need
from vibes.generators.vastai.office import Lease, OfficeTimes, RentalOffice
from vibes.generators.vastai.ordering import Identity
from vibes.generators.vastai.rental import Rental, rental_from

PREFIX = "vibes-0123456789ab-"
CARD = "card"
MINUTE = 60.0


def config(**given: Any) -> VastConfig:
    return VastConfig.model_validate(
        {"image": "vastai/comfy:v0.3.64", "max_price": 0.6, "lifetime_minutes": 30, **given}
    )


class KeptRows:
    """The database, as far as rentals go: what was written stays, whoever is killed."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.full = False
        """Nothing can be written any more."""
        self.step: Callable[[str], Coroutine[Any, Any, None]] = _nothing

    async def since(self, moment: float) -> Sequence[Rental]:
        rows = [rental_from(each) for each in self.rows.values()]
        return [each for each in rows if each.open or (each.ended_at or 0) > moment]

    async def put(self, rental: Rental) -> None:
        if self.full:
            raise OSError("no space left on device")
        await self.step(f"{rental.phase} is about to be written")
        self.rows[rental.id] = rental.as_json()
        await self.step(f"{rental.phase} is written")


async def _nothing(_: str) -> None: ...


class Steps:
    """Counts everything that a process does to the outside, and kills it before or after one of them."""

    def __init__(self, loop: VirtualLoop, dies_at: int | None) -> None:
        self._loop = loop
        self._dies_at = dies_at
        self.taken: list[str] = []

    async def __call__(self, what: str) -> None:
        self.taken.append(what)
        if len(self.taken) - 1 == self._dies_at:
            self._loop.stop()
            await asyncio.Event().wait()


class _Stepping(Carried):
    def __init__(self, cloud: FakeCloud, latency: Callable[[], float], step: Steps) -> None:
        super().__init__(cloud, latency)
        self._step = step

    async def handle_async_request(self, request: Any) -> Any:
        await self._step(f"{request.method} {request.url.path} is about to be asked")
        answer = await super().handle_async_request(request)
        await self._step(f"{request.method} {request.url.path} is answered")
        return answer


@dataclass(slots=True)
class Town:
    """What outlasts every process: provider, rows, time."""

    seed: int
    config: VastConfig = field(default_factory=config)
    caps: Caps = NO_CAPS
    agenda: Agenda = field(default_factory=Agenda)
    rows: KeptRows = field(default_factory=KeptRows)
    needed: Callable[[float], Need] = lambda _: Need(waiting=1)
    """By seconds since the story began."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a seed repeats its story
        self.clock = VirtualClock(self.agenda)
        self.cloud = FakeCloud(lambda: self.clock.now().timestamp())

    cloud: FakeCloud = field(init=False)
    chance: random.Random = field(init=False)
    clock: VirtualClock = field(init=False)

    def live(
        self,
        seconds: float,
        *,
        dies_at: int | None = None,
        turns: int | None = None,
        ends: bool = False,
        works: bool = True,
    ) -> list[str]:
        """One process for so long: then it is killed, or ``ends`` as it should; or killed at its step number
        ``dies_at``, or after so many turns of its loop. Answers its steps. ``works``: somebody lives there."""
        loop = VirtualLoop(self.agenda, self.chance)
        steps = Steps(loop, dies_at)
        self.rows.step = steps
        if turns is not None:
            loop.kill_in(turns)
        asyncio.set_event_loop(loop)
        main = loop.create_task(self._life(steps, seconds, ends=ends, works=works))
        main.add_done_callback(lambda _: loop.stop())
        try:
            loop.run_forever()
            if main.done():
                main.result()
        finally:
            self.rows.step = _nothing
            loop.bury()
            asyncio.set_event_loop(None)
        return steps.taken

    async def _life(self, steps: Steps, seconds: float, *, ends: bool, works: bool) -> None:
        transport = _Stepping(self.cloud, lambda: self.chance.uniform(0.02, 0.4), steps)
        account = VastAccount(KEY, transport=transport)
        numbers = (f"{self.chance.getrandbits(40):010x}" for _ in iter(int, 1))
        identity = Identity(prefix=PREFIX, new_id=lambda: next(numbers), new_password=lambda: "bearer")
        office = RentalOffice(account, self.rows, self.clock, identity, OfficeTimes())
        office.needs = lambda _: self.needed(self.agenda.now)
        tasks = [asyncio.create_task(self._running(office))]
        if works:
            lease = office.enter(CARD, self.config, self.caps)
            tasks.append(asyncio.create_task(self._resident(office, lease)))
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if broken := [each.exception() for each in tasks if each.done()]:
            raise broken[0] or AssertionError("it ended by itself")
        if ends:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await office.close()

    async def _running(self, office: RentalOffice) -> None:
        """As the hub keeps what breaks running."""
        while True:
            try:
                await office.run()
            except OSError:
                await asyncio.sleep(5)

    async def _resident(self, office: RentalOffice, lease: Lease) -> None:
        """The node: asks the ComfyUI of what is rented every few seconds."""
        while True:
            home = office.home(lease)
            for each in self.cloud.alive(PREFIX) if home is not None else ():
                if home is not None and each.label.endswith(home.rental_id) and each.answers(self.cloud.now):
                    each.heard_at = self.cloud.now
                    office.answered(lease, home.rental_id)
            await asyncio.sleep(5)

    def rentals(self) -> list[Rental]:
        return [rental_from(each) for each in self.rows.rows.values()]

    @property
    def ours(self) -> list[str]:
        return [each.label for each in self.cloud.alive(PREFIX)]

    @property
    def began_at(self) -> float:
        return BEGIN.timestamp()
