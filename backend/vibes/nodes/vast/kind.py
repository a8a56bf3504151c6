"""The kind ``vast``: its options, and who drives its nodes."""

from collections.abc import Iterable, Mapping
from functools import partial
from math import ceil
from typing import Any

from vibes.domain.cost import NodeCost
from vibes.domain.money import PER_USD, MicroUsd
from vibes.nodes.vast.when_needed import RentalsWhenNeeded
from vibes.ports.kinds import HubTraits, NodeKind, OptionProblem

KIND = "vast"


def vast_kind(hub: HubTraits) -> NodeKind:
    """All its nodes rent with one account."""
    rentals = RentalsWhenNeeded(hub)
    return NodeKind(
        name=KIND,
        connect=rentals,
        needs_address=False,
        check_options=_option_problems,
        cost_of=cost_of,
        keys_digest=partial(_key_is_there, hub),
        rentals=rentals,
    )


def _key_is_there(hub: HubTraits, _: Mapping[str, Any]) -> str:
    """Not which one: what is rented belongs to the account of the key with which it was."""
    from vibes.generators.errors import Misconfigured
    from vibes.generators.vastai.key import account_key

    try:
        return "" if account_key(hub.env_files) is None else "there"
    except Misconfigured:  # which the rentals tell
        return ""


def _option_problems(options: Mapping[str, Any]) -> Iterable[OptionProblem]:
    from vibes.generators.vastai.config import VastConfig
    from vibes.nodes.options import option_problems

    return option_problems(VastConfig, options)


def cost_of(options: Mapping[str, Any]) -> NodeCost | None:
    """An hour at most costs what may be paid for one: what is rented is often cheaper."""
    price = options.get("max_price")
    if isinstance(price, bool) or not isinstance(price, int | float) or not price > 0:
        return None
    return NodeCost(per_hour=MicroUsd(ceil(price * PER_USD)))
