"""How far a tenant is from a card that draws, in words."""

from dataclasses import dataclass
from enum import StrEnum

from vibes.generators.vastai.rental import Phase, Rental
from vibes.generators.vastai.wire import Instance


class Stage(StrEnum):
    NOTHING = "nothing"
    """Nothing is rented, and nothing has to be."""
    REFUSED = "refused"
    """Something is needed, and cannot be rented now."""
    RENTING = "renting"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Standing:
    """``words`` continue the tenant's name and state."""

    stage: Stage
    words: str


WAITS_FOR_WORK = Standing(Stage.NOTHING, "nothing is rented: it rents when pictures wait that may cost money")
LOOKS_FOR_AN_OFFER = Standing(Stage.RENTING, "renting: looking for an offer")


def standing_of(rental: Rental, instance: Instance | None) -> Standing:
    """Of an open rental. ``instance``: as the account told it last."""
    if rental.phase is Phase.ENDING:
        return Standing(Stage.ENDING, f"is given back: {rental.why}")
    what = "" if rental.contract is None else f" {rental.offer.gpu_name} at ${rental.hourly_usd:.2f} an hour"
    return Standing(Stage.RENTING, f"renting{what}: {progress_of(rental, instance)}")


def progress_of(rental: Rental, instance: Instance | None) -> str:
    """How far it is from its first answer."""
    if rental.phase is Phase.INTENDED:
        return "finding out whether the order has arrived"
    if instance is None or instance.status is None:
        return "provisioning"
    if instance.status != "running":
        return f"pulling the image{f' ({instance.message[:80]})' if instance.message else ''}"
    return "waiting for ComfyUI" if instance.address else "waiting for its address"
