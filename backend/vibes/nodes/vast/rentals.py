"""All that is rented at Vast.ai, for the hub: implements the port ``Rentals`` over one office for its account."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil

from vibes.domain.chance import random_bits
from vibes.domain.cost import NodeBudget
from vibes.domain.ids import NodeId
from vibes.domain.money import PER_USD, MicroUsd
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder, NodeConfig
from vibes.domain.rental import Rental, RentalState
from vibes.generators.errors import Misconfigured
from vibes.generators.vastai.account import DEFAULT_URL, VastAccount
from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.costs import Caps
from vibes.generators.vastai.decisions import Need
from vibes.generators.vastai.key import account_key
from vibes.generators.vastai.office import Lease, OfficeTimes, RentalOffice
from vibes.generators.vastai.ordering import Identity
from vibes.generators.vastai.pace import Pace
from vibes.generators.vastai.rental import Phase, rental_from
from vibes.generators.vastai.rental import Rental as Row
from vibes.generators.vastai.standing import progress_of
from vibes.nodes.vast.bearer import new_bearer
from vibes.ports.kinds import HubTraits
from vibes.ports.rentals import NO_DEMAND, DemandSource, RentalRecord, RentalRepository

_log = logging.getLogger(__name__)

PROVIDER = "Vast.ai"
BY_HAND = "it was ended by hand"
NO_KEY = "there is no key of Vast.ai: put VAST_API_KEY=… into the environment or into .env beside gpus.yaml"


class VastRentals:
    """Without a key it rents nothing, and says so; what an earlier process has rented is then a problem."""

    def __init__(self, hub: HubTraits) -> None:
        self._hub = hub
        self._demand: DemandSource = lambda _, __: NO_DEMAND
        self._office: RentalOffice | None = None
        self._promised: dict[str, NodeInventory | None] = {}
        self._trouble = ""
        self._opens = asyncio.Event()

    def work_from(self, source: DemandSource) -> None:
        self._demand = source

    def listed(self) -> Sequence[Rental]:
        office = self._office
        return [] if office is None else [_for_people(each, office) for each in office.rentals() if not each.refused]

    async def since(self, moment: datetime) -> Sequence[Rental]:
        """As they are kept, the open ones as of now."""
        office = self._office
        rows = (
            {}
            if self._hub.rentals is None
            else {each.id: each for each in await _Rows(self._hub.rentals).since(moment.timestamp())}
        )
        if office is not None:
            rows |= {each.id: each for each in office.rentals() if each.id in rows}
        return [_for_people(each, office) for each in rows.values() if not each.refused]

    async def end(self, rental_id: str) -> bool:
        return self._office is not None and await self._office.end(rental_id, BY_HAND)

    @property
    def problems(self) -> Sequence[str]:
        trouble = self._trouble if self._office is None else self._office.trouble
        return [trouble] if trouble else []

    def enter(self, node: NodeConfig, options: VastConfig) -> tuple[RentalOffice, Lease] | None:
        """From now on something may be rented for this node; None without a key."""
        office = self._opened()
        if office is None:
            return None
        self._promised[node.id] = _promised_by(options)
        return office, office.enter(node.id, options, caps_of(node.budget))

    def _opened(self) -> RentalOffice | None:
        """The office, opened for the first tenant; None without a key or without rows to write into."""
        hub = self._hub
        if self._office is None and hub.rentals is not None and hub.clock is not None:
            key = self._key()
            if key is not None:
                self._office = RentalOffice(
                    VastAccount(key, url=hub.rental_url or DEFAULT_URL, pace=Pace(hub.rental_pace)),
                    _Rows(hub.rentals),
                    hub.clock,
                    Identity(prefix=prefix_of(hub), new_id=lambda: f"{random_bits(48):012x}", new_password=new_bearer),
                    _times(hub.rental_pace),
                )
                self._office.needs = self._need
                self._office.newest_key = self._key
                self._opens.set()
        return self._office

    def _key(self) -> str | None:
        try:
            return account_key(self._hub.env_files)
        except Misconfigured as error:
            self._trouble = f"the key of Vast.ai cannot be read: {error}"
            return None

    async def run(self) -> None:
        """Without a key it waits for the first node that finds one."""
        office = self._opened()
        while office is None:
            await self._tell_what_is_left()
            await self._opens.wait()
            office = self._office
        await office.run()

    async def _tell_what_is_left(self) -> None:
        hub = self._hub
        if hub.rentals is None or hub.clock is None:
            return
        left = [each for each in await hub.rentals.since(hub.clock.now()) if each.ended_at is None]
        if left:
            self._trouble = f"{len(left)} machines of Vast.ai may still be rented, but {self._trouble or NO_KEY}"
            _log.error("%s", self._trouble)

    async def close(self) -> None:
        if self._office is not None:
            await self._office.close()

    def _need(self, tenant: str) -> Need:
        demand = self._demand(NodeId(tenant), self._promised.get(tenant))
        return Need(waiting=demand.waiting, active=demand.active, allowed_usd=demand.allowed / PER_USD)


class _Rows:
    """Rows of the hub's database, as the office wants them."""

    def __init__(self, rentals: RentalRepository) -> None:
        self._rentals = rentals

    async def since(self, moment: float) -> Sequence[Row]:
        records = await self._rentals.since(datetime.fromtimestamp(moment, UTC))
        return [rental_from(dict(each.content)) for each in records]

    async def put(self, rental: Row) -> None:
        ended_at = None if rental.open else datetime.fromtimestamp(rental.ended_at or rental.counted_at, UTC)
        await self._rentals.put(
            RentalRecord(id=rental.id, node_id=NodeId(rental.tenant), ended_at=ended_at, content=rental.as_json())
        )


def _promised_by(options: VastConfig) -> NodeInventory | None:
    """What a new instance will have; None where its entry does not say, so that it may have anything."""
    if not options.serves:
        return None
    files = {ModelFolder.CHECKPOINTS: frozenset(options.serves)}
    return NodeInventory(version="", device_name="", simulated=False, vram_total_bytes=0, files=files)


def prefix_of(hub: HubTraits) -> str:
    """What the label of everything begins with that this hub rents: another hub's prefix is another."""
    return f"vibes-{hub.hub_id.hex[:12]}-" if hub.hub_id is not None else "vibes-nobody-"


def caps_of(budget: NodeBudget) -> Caps:
    return Caps(daily_usd=_dollars(budget.daily), monthly_usd=_dollars(budget.monthly))


def _dollars(amount: MicroUsd | None) -> float | None:
    return None if amount is None else amount / PER_USD


def _times(pace: float) -> OfficeTimes:
    usual = OfficeTimes()
    return OfficeTimes(
        look=usual.look * pace,
        list_open=usual.list_open * pace,
        list_ending=usual.list_ending * pace,
        list_idle=usual.list_idle * pace,
        apart=usual.apart * pace,
    )


def _for_people(row: Row, office: RentalOffice | None) -> Rental:
    state = _state(row)
    reason = row.why if state in {RentalState.ENDING, RentalState.ENDED} else ""
    if state is RentalState.RENTING:
        reason = progress_of(row, None if office is None else office.instance(row))
    return Rental(
        id=row.id,
        node_id=NodeId(row.tenant),
        provider=PROVIDER,
        label=row.label,
        contract=None if row.contract is None else str(row.contract),
        machine=row.offer.gpu_name,
        state=state,
        reason=reason,
        per_hour=MicroUsd(ceil(row.hourly_usd * PER_USD)),
        cost=MicroUsd(ceil(row.spent_usd * PER_USD)),
        since=datetime.fromtimestamp(row.intended_at, UTC),
        ended_at=None if row.ended_at is None else datetime.fromtimestamp(row.ended_at, UTC),
    )


def _state(row: Row) -> RentalState:
    if row.phase is Phase.ENDED:
        return RentalState.ENDED
    if row.phase is Phase.ENDING:
        return RentalState.ENDING
    return RentalState.READY if row.ready_at is not None else RentalState.RENTING
