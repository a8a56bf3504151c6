"""Carries out what is decided about rentals: looks, writes down, destroys, orders; until nothing is rented any more."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from vibes.generators.errors import GeneratorError, Misconfigured
from vibes.generators.vastai.account import VastAccount
from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.costs import MONTH, NO_CAPS, Caps, counted, left
from vibes.generators.vastai.decisions import (
    APART_SECONDS,
    Listing,
    Need,
    Scene,
    Tenant,
    Verdict,
    excluded_machines,
    judge,
)
from vibes.generators.vastai.ordering import Hold, Identity, Ordering
from vibes.generators.vastai.rental import Phase, Rental
from vibes.generators.vastai.rows import RentalRows, RentalStore
from vibes.generators.vastai.standing import LOOKS_FOR_AN_OFFER, WAITS_FOR_WORK, Stage, Standing, standing_of
from vibes.generators.vastai.wire import Instance

_log = logging.getLogger(__name__)

RESTARTED = "the hub was started anew"
STOPPING = "the hub is stopping"
ENDED_BY_HAND = Hold(1800.0, "the last one was ended by hand, half an hour ago at most")


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTimes:
    """Seconds."""

    look: float = 5.0
    """Between two looks at what is needed."""
    list_open: float = 10.0
    """Between two lists while something is rented."""
    list_ending: float = 5.0
    """The same while something must be found or destroyed; doubled for each further try to destroy it."""
    list_idle: float = 60.0
    """The same while nothing is rented as far as is known."""
    apart: float = APART_SECONDS
    """Between two lists that prove together that something is not there."""
    close: float = 30.0
    """What the end of the process may wait for rentals to end."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the ComfyUI of a rental is, and its bearer."""

    rental_id: str
    host: str
    port: int
    password: str


class Lease:
    """That somebody lives at the office under this name, until it ends."""

    def __init__(self, tenant: str, config: VastConfig, caps: Caps) -> None:
        self.tenant = tenant
        self.config = config
        self.caps = caps
        self.answered: tuple[str, float] | None = None
        """Rental whose ComfyUI has answered, and when."""
        self.hold: Hold | None = None
        self.held_until = 0.0


class RentalOffice:
    """One for each account. Only `run` and `close` talk to it, one after another."""

    def __init__(
        self, account: VastAccount, store: RentalStore, clock: Clock, identity: Identity, times: OfficeTimes
    ) -> None:
        self._account = account
        self._clock = clock
        self._prefix = identity.prefix
        self._times = times
        self._rows = RentalRows(store)
        self._leases: dict[str, Lease] = {}
        self._seen: dict[int, Instance] = {}
        self._tries: dict[int, tuple[float, float]] = {}
        """By contract: when to ask again for its destruction, and the pause after that."""
        self._refused: dict[str, str] = {}
        self._listed_at: float | None = None
        self._list_failed = False
        self._closing = ""
        self._woken = asyncio.Event()
        self._ordering = Ordering(account, identity, self._rows, self._now)
        self.needs: Callable[[str], Need] = lambda _: Need()
        """What there is to do for a tenant."""
        self.newest_key: Callable[[], str | None] = lambda: None
        """The key as it is configured at present; may read files."""
        self.trouble = ""
        """What an operator should know; empty while all is well."""

    def enter(self, tenant: str, config: VastConfig, caps: Caps = NO_CAPS) -> Lease:
        """From now on something may be rented for this tenant; an earlier lease of that name is over."""
        lease = self._leases[tenant] = Lease(tenant, config, caps)
        self._woken.set()
        return lease

    def leave(self, lease: Lease) -> None:
        """What is rented for it ends, unless somebody of that name has entered since."""
        if self._leases.get(lease.tenant) is lease:
            del self._leases[lease.tenant]
            self._woken.set()

    def answered(self, lease: Lease, rental_id: str) -> None:
        """The ComfyUI of this rental works."""
        lease.answered = (rental_id, self._now())

    def answered_at(self, lease: Lease) -> float | None:
        """When the ComfyUI of what is rented now has answered last; None before it has."""
        rental = self._rows.open_of(lease.tenant)
        if rental is None or lease.answered is None or lease.answered[0] != rental.id:
            return None
        return lease.answered[1]

    def hourly_usd(self, lease: Lease) -> float | None:
        """What is rented for it costs that an hour now; None while nothing is."""
        rental = self._rows.open_of(lease.tenant)
        return None if rental is None else rental.hourly_usd

    def rented(self, lease: Lease) -> str | None:
        """The rental that may work for it; None while there is none, or it is given back."""
        rental = self._rows.open_of(lease.tenant)
        return rental.id if rental is not None and rental.phase is Phase.RENTED else None

    def home(self, lease: Lease) -> Home | None:
        """None while there is none that could be asked."""
        rental = self._rows.open_of(lease.tenant)
        if rental is None or rental.phase is not Phase.RENTED:
            return None
        instance, password = self.instance(rental), self._ordering.passwords.get(rental.id)
        if instance is None or instance.address is None or password is None:
            return None
        return Home(rental.id, *instance.address, password)

    def standing(self, lease: Lease) -> Standing:
        rental = self._rows.open_of(lease.tenant)
        if rental is not None:
            return standing_of(rental, self.instance(rental))
        if not self.needs(lease.tenant).waiting:
            return WAITS_FOR_WORK
        if refused := self._refused.get(lease.tenant):
            return Standing(Stage.REFUSED, f"rents nothing: {refused}")
        return LOOKS_FOR_AN_OFFER

    def rentals(self) -> list[Rental]:
        """Open ones first, each group with the latest first; what they cost is told as of now."""
        now = self._now()
        rows = [counted(each, now) if each.open else each for each in self._rows.all]
        return sorted(rows, key=lambda each: (not each.open, -each.intended_at))

    def instance(self, rental: Rental) -> Instance | None:
        """As the account told it last."""
        return None if rental.contract is None else self._seen.get(rental.contract)

    async def end(self, rental_id: str, why: str) -> bool:
        """Have it destroyed soon, and rent nothing in its place for a while; False when there is no such open rental.
        Written down before this returns."""
        rental = next((each for each in self._rows.open if each.id == rental_id), None)
        if rental is None:
            return False
        lease = self._leases.get(rental.tenant)
        if lease is not None:
            self._hold(lease, ENDED_BY_HAND)
        await self._rows.change(rental_id, lambda row: row.ending(why))
        self._woken.set()
        return True

    async def run(self) -> None:
        """Until cancelled. What an earlier process has rented ends first of all: nobody knows its bearer any more."""
        if not self._rows.loaded:
            await self._rows.load(self._now() - MONTH)
            for rental in self._rows.open:
                await self._rows.change(rental.id, lambda row: row.ending(RESTARTED))
        while True:
            self._woken.clear()
            await self._tick()
            try:
                async with asyncio.timeout(self._times.look):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        """End everything that is rented. What is not proven gone within `OfficeTimes.close` is left to its own switch
        and to the next start, which knows of it."""
        self._closing = STOPPING
        try:
            async with asyncio.timeout(self._times.close):
                while self._must_wait():
                    await self._tick()
                    if self._must_wait():
                        await asyncio.sleep(self._times.list_ending / 2)
        except TimeoutError:
            left = [f"{each.label} ({each.contract})" for each in self._rows.open]
            _log.error("not proven to be gone: %s", ", ".join(left))
        finally:
            await self._account.close()

    def _must_wait(self) -> bool:
        """Whether something may be rented of which no list has said yet that it is gone."""
        return not all(
            each.phase is Phase.ENDING and each.contract is not None and each.absences for each in self._rows.open
        )

    async def _tick(self) -> None:
        """Look, decide, write down, then act. A full disk keeps no machine from being destroyed."""
        listing = await self._look() if self._list_due() else None
        before = self._rows.all
        verdict = judge(self._scene(listing))
        try:
            await self._note(before, verdict)
        finally:
            for contract in verdict.destroy:
                await self._destroy(contract)
        self._refused = dict(verdict.refused)
        await self._rent(verdict)

    async def _note(self, before: tuple[Rental, ...], verdict: Verdict) -> None:
        """A row that somebody has changed meanwhile is judged again at the next look."""
        was = {each.id: each for each in before}
        for after in verdict.rentals:
            await self._rows.exchange(was[after.id], after)

    def _list_due(self) -> bool:
        """Without rows and tenants the account is none of our business."""
        if not (self._leases or self._rows.all):
            return False
        if self._listed_at is None:
            return True
        age = asyncio.get_running_loop().time() - self._listed_at
        if not self._rows.open and not self._list_failed:
            return age >= self._times.list_idle
        settled = not self._list_failed and all(each.phase is Phase.RENTED for each in self._rows.open)
        return age >= (self._times.list_open if settled else self._times.list_ending)

    async def _look(self) -> Listing | None:
        self._listed_at, self._list_failed = asyncio.get_running_loop().time(), True
        try:
            instances = await self._instances()
            at = self._now()
            missing = {each.contract for each in self._rows.open if each.contract is not None}
            missing -= {each.id for each in instances}
            gone = frozenset([each for each in sorted(missing) if await self._account.is_gone(each)])
        except GeneratorError as error:
            self._alarm(f"what is rented at Vast.ai cannot be told: {error}")
            return None
        self.trouble, self._list_failed = "", False
        self._seen = {each.id: each for each in instances if each.label.startswith(self._prefix)}
        return Listing(at=at, instances=instances, gone=gone)

    async def _instances(self) -> list[Instance]:
        """By the newest key: at once while nothing is rented, otherwise when the one in use is refused."""
        account, newest = self._account, await asyncio.to_thread(self.newest_key)
        if newest is None or newest == account.key:
            return await account.instances()
        if not self._rows.open:
            account.use(newest)
        try:
            return await account.instances()
        except Misconfigured:
            if newest == account.key:
                raise
        return await self._instances_by(newest)

    async def _instances_by(self, newest: str) -> list[Instance]:
        """This key is used from now on where its account has something of what is rented: another account would say
        that all of it is gone."""
        account, used = self._account, self._account.key
        account.use(newest)
        try:
            instances = await account.instances()
            if {each.label for each in instances} & {each.label for each in self._rows.open}:
                used = newest
        finally:
            account.use(used)
        if used != newest:
            raise Misconfigured("the key was refused, and the account of the new one has nothing of what is rented")
        return instances

    def _scene(self, listing: Listing | None) -> Scene:
        return Scene(
            now=self._now(),
            rentals=self._rows.all,
            tenants={name: self._tenant(lease) for name, lease in self._leases.items()},
            prefix=self._prefix,
            listing=listing,
            apart=self._times.apart,
            closing=self._closing,
        )

    def _tenant(self, lease: Lease) -> Tenant:
        need = replace(self.needs(lease.tenant), answered_at=self.answered_at(lease))
        held = lease.hold.why if lease.hold is not None and self._now() < lease.held_until else ""
        return Tenant(config=lease.config, caps=lease.caps, need=need, held=held)

    async def _destroy(self, contract: int) -> None:
        """Ask for it, unless that was done a moment ago; the pause before the next try doubles up to a minute."""
        now = asyncio.get_running_loop().time()
        again_at, pause = self._tries.get(contract, (now, self._times.list_ending))
        if now < again_at:
            return
        self._tries[contract] = (now + pause, min(2 * pause, self._times.list_idle))
        try:
            await self._account.destroy(contract)
        except GeneratorError as error:
            self._alarm(f"instance {contract} at Vast.ai is not destroyed yet: {error}")

    async def _rent(self, verdict: Verdict) -> None:
        for name in verdict.rent:
            lease = self._leases.get(name)
            if lease is not None:
                budget = left((each for each in self._rows.all if each.tenant == name), lease.caps, self._now())
                excluded = excluded_machines(self._rows.all, self._now())
                if hold := await self._ordering.order(name, lease.config, budget, excluded):
                    self._hold(lease, hold)

    def _hold(self, lease: Lease, hold: Hold) -> None:
        lease.hold, lease.held_until = hold, self._now() + hold.seconds
        self._refused[lease.tenant] = hold.why

    def _alarm(self, trouble: str) -> None:
        if trouble != self.trouble:
            _log.error("%s", trouble)
        self.trouble = trouble

    def _now(self) -> float:
        return self._clock.now().timestamp()
