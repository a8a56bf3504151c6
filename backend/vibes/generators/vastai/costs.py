"""What a rental costs, by the hub's own ledger: the provider tells it hours later."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.rental import Rental

HOUR, DAY, MONTH = 3600.0, 86_400.0, 30 * 86_400.0
"""Seconds. Caps hold for any day and any thirty days, not only for those of the calendar."""
UPLOAD_GB_AN_HOUR = 1.0
"""Pictures, previews and answers of a busy card, generously."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may be spent; None: no limit of this kind."""

    daily_usd: float | None = None
    monthly_usd: float | None = None


NO_CAPS = Caps()


def begun(rental: Rental, download_gb: float, since: float) -> Rental:
    """Its contract begins: the image and the models are paid for as if they were there already."""
    traffic = download_gb * rental.offer.download_usd
    return replace(rental, billed_since=since, counted_at=since, spent_usd=traffic)


def counted(rental: Rental, now: float) -> Rental:
    """With the time up to now paid for. A clock that was put back counts nothing twice and nothing off."""
    if rental.billed_since is None or now <= rental.counted_at:
        return rental
    spent = (now - rental.counted_at) / HOUR * hourly(rental)
    return replace(rental, spent_usd=rental.spent_usd + spent, counted_at=now)


def hourly(rental: Rental) -> float:
    """With the traffic of a busy hour."""
    return rental.hourly_usd + UPLOAD_GB_AN_HOUR * rental.offer.upload_usd


def left(rentals: Iterable[Rental], caps: Caps, now: float) -> float | None:
    """What may still be spent, by the stricter cap; None without one. A rental that was there within the day counts
    for it as a whole."""
    rentals = tuple(rentals)
    rests = [
        cap - sum(each.spent_usd for each in rentals if (each.ended_at or now) > now - span)
        for cap, span in ((caps.daily_usd, DAY), (caps.monthly_usd, MONTH))
        if cap is not None
    ]
    return min(rests, default=None)


def lifetime(rental: Rental, config: VastConfig, budget: float | None) -> float:
    """Seconds after which it ends by itself even if nobody is left to end it: what may be spent pays for no more."""
    longest = 60 * config.lifetime_minutes
    if budget is None:
        return longest
    rest = budget - config.download_gb * rental.offer.download_usd
    return min(longest, max(rest, 0.0) / hourly(rental) * HOUR)
