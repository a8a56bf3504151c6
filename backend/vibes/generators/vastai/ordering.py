"""Orders one card for a tenant: credit, offer, row, order, and what the answer means."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from vibes.generators.errors import (
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.vastai.account import OfferGone, VastAccount
from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.costs import begun, lifetime
from vibes.generators.vastai.launch import launch
from vibes.generators.vastai.rental import Phase, Rental
from vibes.generators.vastai.rows import RentalRows
from vibes.generators.vastai.wire import Offer

_log = logging.getLogger(__name__)

OFFERS_TRIED = 3
"""Of one search: offers are old after seconds."""
_NO_OFFER_SECONDS, _LOST_RACES_SECONDS, _REFUSED_SECONDS = 60.0, 30.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose rentals these are, and where what nobody else may know comes from."""

    prefix: str
    """Of every label, different for every hub."""
    new_id: Callable[[], str]
    """A text of few letters and digits that is never the same."""
    new_password: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is ordered for so many seconds, because of this."""

    seconds: float
    why: str


@dataclass(slots=True)
class Ordering:
    account: VastAccount
    identity: Identity
    rows: RentalRows
    now: Callable[[], float]
    passwords: dict[str, str] = field(default_factory=dict)
    """By rental. Never written down: who restarts rents anew."""

    async def order(
        self, tenant: str, config: VastConfig, budget: float | None, excluded: Iterable[int]
    ) -> Hold | None:
        """None once something is rented, or may be: then the row says so. ``budget``: dollars that it may cost."""
        try:
            return await self._order(tenant, config, budget, frozenset(excluded))
        except GeneratorError as error:
            _log.warning("nothing is rented for %s: %s", tenant, error)
            return _hold_after(error)

    async def _order(
        self, tenant: str, config: VastConfig, budget: float | None, excluded: frozenset[int]
    ) -> Hold | None:
        credit = await self.account.credit()
        if credit < config.credit_floor_usd:
            why = f"the account's credit of ${credit:.2f} is below the floor of ${config.credit_floor_usd:.2f}"
            return Hold(_REFUSED_SECONDS, why)
        offers = [each for each in await self.account.offers(config.query()) if _fits(each, config, excluded)]
        if not offers:
            return Hold(_NO_OFFER_SECONDS, f"no offer under ${config.max_price:.2f} an hour")
        for offer in offers[:OFFERS_TRIED]:
            if await self._rented(tenant, config, budget, offer):
                return None
        return Hold(_LOST_RACES_SECONDS, "others were faster with every offer")

    async def _rented(self, tenant: str, config: VastConfig, budget: float | None, offer: Offer) -> bool:
        """Whether there is a contract, or may be one; False when somebody else has the machine."""
        rental = self._intent(tenant, offer)
        await self.rows.add(rental)
        body = launch(
            config,
            label=rental.label,
            password=self.passwords[rental.id],
            url=self.account.url,
            seconds=lifetime(rental, config, budget),
        )
        try:
            contract = await self.account.rent(offer.id, body)
        except MaybePaid as error:
            _log.warning("%s: %s; the list of instances will tell", rental.label, error)
            return True
        except GeneratorError as error:
            del self.passwords[rental.id]
            refused = partial(_refused, at=self.now(), why=str(error))
            await self.rows.change(rental.id, refused)
            if isinstance(error, OfferGone):
                return False
            raise
        await self.rows.change(rental.id, lambda row: _contracted(row, contract, config.download_gb))
        _log.info("%s: rented %s for $%.3f an hour", rental.label, offer.gpu_name, offer.hourly_usd)
        return True

    def _intent(self, tenant: str, offer: Offer) -> Rental:
        now, rental_id = self.now(), self.identity.new_id()
        self.passwords[rental_id] = self.identity.new_password()
        return Rental(
            id=rental_id,
            tenant=tenant,
            label=f"{self.identity.prefix}{rental_id}",
            offer=offer,
            intended_at=now,
            hourly_usd=offer.hourly_usd,
            needed_at=now,
            counted_at=now,
        )


def _contracted(row: Rental, contract: int, download_gb: float) -> Rental:
    """One that somebody has ended meanwhile goes on ending."""
    phase = Phase.RENTED if row.phase is Phase.INTENDED else row.phase
    return begun(replace(row, contract=contract, phase=phase), download_gb, row.intended_at)


def _refused(row: Rental, *, at: float, why: str) -> Rental:
    return replace(row, refused=True).ended(at, why)


def _fits(offer: Offer, config: VastConfig, excluded: frozenset[int]) -> bool:
    return offer.hourly_usd <= config.max_price and offer.machine_id not in excluded


_HOLDS: Mapping[type[GeneratorError], float] = {
    InvalidInput: _REFUSED_SECONDS,
    Misconfigured: _REFUSED_SECONDS,
    OutOfCredit: 2 * _REFUSED_SECONDS,
    Unavailable: _LOST_RACES_SECONDS,
}


def _hold_after(error: GeneratorError) -> Hold:
    if isinstance(error, RateLimited):
        return Hold(max(error.retry_after or 0.0, _LOST_RACES_SECONDS), str(error))
    seconds = next((each for kind, each in _HOLDS.items() if isinstance(error, kind)), _NO_OFFER_SECONDS)
    return Hold(seconds, str(error))
