"""What to do about all rentals, as a pure function of rows, the account's list, needs and the clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from vibes.generators.vastai.config import VastConfig
from vibes.generators.vastai.costs import DAY, HOUR, NO_CAPS, Caps, begun, counted, hourly, left
from vibes.generators.vastai.rental import Phase, Rental
from vibes.generators.vastai.wire import Instance

APART_SECONDS = 15.0
"""Two lists without an instance prove its absence when they were read so far apart: a list may be old."""
DYING_SECONDS = 180.0
"""Rent that is kept back for destroying it, so that a cap holds even if that takes several tries."""
_DEAD = frozenset({"exited", "unknown", "offline", "stopped", "frozen"})
"""States that are never waited out: what comes of them costs, and may never start."""
_FAILURES = ("error", "failed", "no space")
"""Words of a `status_msg` by which a start has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What there is to do for a tenant's card."""

    waiting: int = 0
    """Pictures that wait, that it could draw, and that may cost money."""
    active: int = 0
    """Pictures that it draws."""
    allowed_usd: float = inf
    """What those who ask for what waits allow to be spent on it."""
    answered_at: float | None = None
    """When the ComfyUI of what is rented answered last; None before it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    config: VastConfig
    caps: Caps = NO_CAPS
    need: Need = Need()
    held: str = ""
    """Why no order goes out for it for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The account's complete list of instances."""

    at: float
    instances: Sequence[Instance]
    gone: frozenset[int] = frozenset()
    """Contracts that the account, asked for each alone, says it does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    now: float
    rentals: Sequence[Rental]
    """All that are open, and those that ended within the last thirty days."""
    tenants: Mapping[str, Tenant]
    prefix: str
    """Of this hub's labels: everything else in the account belongs to others."""
    listing: Listing | None = None
    """None: the account did not tell it, so that only the clock decides."""
    apart: float = APART_SECONDS
    closing: str = ""
    """Why everything is given back now; empty: it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    rentals: tuple[Rental, ...]
    """The open ones as they are now; write them down before anything is done."""
    destroy: tuple[int, ...] = ()
    """Contracts."""
    rent: tuple[str, ...] = ()
    """Tenants for whom something is to be rented."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """By tenant in need: why nothing is rented."""


def judge(scene: Scene) -> Verdict:
    reviewed = [_reviewed(rental, scene) for rental in scene.rentals if rental.open]
    history = [*(each for each in scene.rentals if not each.open), *reviewed]
    destroy = _to_destroy(reviewed, scene)
    rent, refused = [], {}
    for name, tenant in sorted(scene.tenants.items()):
        if scene.closing or not tenant.need.waiting or any(each.tenant == name and each.open for each in reviewed):
            continue
        if why := may_not_rent(name, tenant, history, scene.now):
            refused[name] = why
        else:
            rent.append(name)
    return Verdict(rentals=tuple(reviewed), destroy=destroy, rent=tuple(rent), refused=refused)


def may_not_rent(name: str, tenant: Tenant, history: Iterable[Rental], now: float) -> str:
    """Why no order may go out for it now; empty when one may."""
    if tenant.held:
        return tenant.held
    config = tenant.config
    own = [each for each in history if each.tenant == name]
    lately = sum(each.intended_at > now - HOUR and not each.refused for each in own)
    if lately >= config.creates_per_hour:
        return f"{lately} orders within the last hour are the most"
    rest = left(own, tenant.caps, now)
    least = least_usd(config)
    if tenant.need.allowed_usd < least:
        return f"what waits may cost ${tenant.need.allowed_usd:.2f}, a start alone may take ${least:.2f}"
    if rest is not None and rest < least:
        return f"${max(rest, 0):.2f} of the rent allowed are left, a start may take ${least:.2f}"
    return ""


def least_usd(config: VastConfig) -> float:
    """What a start may cost that comes to nothing: with less left, nothing is begun."""
    return config.max_price * (60 * config.boot_minutes + DYING_SECONDS) / HOUR


def excluded_machines(history: Iterable[Rental], now: float) -> frozenset[int]:
    """Machines that have failed within a day."""
    return frozenset(
        each.offer.machine_id for each in history if each.bad_machine and (each.ended_at or now) > now - DAY
    )


def _to_destroy(rentals: Sequence[Rental], scene: Scene) -> tuple[int, ...]:
    """What ends, and whatever else bears our prefix; an order of which nobody knows is waited for, not repeated."""
    ending = {each.contract for each in rentals if each.phase is Phase.ENDING and each.contract is not None}
    kept = {each.contract for each in rentals if each.phase is Phase.RENTED}
    listed = scene.listing.instances if scene.listing else ()
    orphans = {each.id for each in listed if each.label.startswith(scene.prefix) and each.id not in kept}
    gone = scene.listing.gone if scene.listing else frozenset()
    return tuple(sorted((ending - gone) | orphans))


def _reviewed(rental: Rental, scene: Scene) -> Rental:
    instance = _instance_of(rental, scene.listing)
    if instance is not None:
        rental = _seen(rental, instance, scene)
    elif scene.listing is not None:
        rental = _not_seen(rental, scene.listing, scene.apart)
    rental = counted(rental, scene.now)
    if not rental.open or rental.phase is Phase.ENDING:
        return rental
    if why := _why_now(rental, scene):
        return rental.ending(why)
    return _watched(rental, instance, scene) if rental.phase is Phase.RENTED else rental


def _instance_of(rental: Rental, listing: Listing | None) -> Instance | None:
    """By contract, and by label where none is known; of several that bear it the first."""
    for instance in listing.instances if listing else ():
        if instance.id == rental.contract or (rental.contract is None and instance.label == rental.label):
            return instance
    return None


def _seen(rental: Rental, instance: Instance, scene: Scene) -> Rental:
    rental = replace(rental, absences=0, absent_at=None, contract=instance.id)
    if rental.billed_since is None:
        tenant = scene.tenants.get(rental.tenant)
        since = min(instance.started_at or rental.intended_at, scene.now)
        rental = begun(rental, tenant.config.download_gb if tenant else 0.0, max(since, rental.intended_at))
    if instance.hourly_usd is not None:
        rental = replace(counted(rental, scene.now), hourly_usd=instance.hourly_usd)
    return replace(rental, phase=Phase.RENTED) if rental.phase is Phase.INTENDED else rental


def _not_seen(rental: Rental, listing: Listing, apart: float) -> Rental:
    """Gone for sure: two lists without it, and where its contract is known the account says so as well."""
    if rental.absent_at is None or listing.at - rental.absent_at >= apart:
        rental = replace(rental, absences=rental.absences + 1, absent_at=listing.at)
    proven = rental.absences > 1 and (rental.contract is None or rental.contract in listing.gone)
    if not proven:
        return rental
    vanished = "nothing was rented" if rental.contract is None else "it vanished from the account"
    return rental.ended(listing.at, vanished)


def _why_now(rental: Rental, scene: Scene) -> str:
    """Why it must end whatever its state is."""
    tenant = scene.tenants.get(rental.tenant)
    if scene.closing:
        return scene.closing
    if tenant is None:
        return "nothing in gpus.yaml wants it any more"
    own = [each for each in scene.rentals if each.tenant == rental.tenant and each.id != rental.id]
    rest = left([*own, rental], tenant.caps, scene.now)
    if rest is not None and rest <= hourly(rental) * DYING_SECONDS / HOUR:
        return "the rent allowed is used up"
    if rental.hourly_usd > tenant.config.max_price:
        return f"its price has risen to ${rental.hourly_usd:.3f} an hour"
    if scene.now - rental.intended_at >= 60 * tenant.config.lifetime_minutes:
        return "its lifetime is over"
    return ""


def _watched(rental: Rental, instance: Instance | None, scene: Scene) -> Rental:
    config, need = scene.tenants[rental.tenant].config, scene.tenants[rental.tenant].need
    if instance is not None and (failure := _failure(instance)):
        return rental.ending(failure, bad_machine=True)
    if need.answered_at is not None and rental.ready_at is None:
        rental = replace(rental, ready_at=scene.now, needed_at=scene.now)
    if need.waiting or need.active:
        rental = replace(rental, needed_at=scene.now)
    if rental.ready_at is None and scene.now - rental.intended_at >= 60 * config.boot_minutes:
        return rental.ending(f"its ComfyUI did not answer within {config.boot_minutes:g} minutes", bad_machine=True)
    if need.answered_at is not None and scene.now - need.answered_at >= 60 * config.dead_man_minutes:
        return rental.ending(f"its ComfyUI has not answered for {config.dead_man_minutes:g} minutes", bad_machine=True)
    if scene.now - rental.needed_at >= 60 * config.idle_minutes:
        return rental.ending("there is no work for it")
    return rental


def _failure(instance: Instance) -> str:
    """Why the machine will not come to anything; empty while it may."""
    if instance.status in _DEAD:
        return f"its machine is {instance.status}{f': {instance.message[:120]}' if instance.message else ''}"
    if instance.intended not in {None, "running"}:
        return f"Vast.ai has {instance.intended} it"
    if instance.status != "running" and any(word in instance.message.lower() for word in _FAILURES):
        return f"its start failed: {instance.message[:120]}"
    return ""
