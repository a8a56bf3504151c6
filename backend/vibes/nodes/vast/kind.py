"""The kind ``vast``: its options, and who drives its nodes."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from pydantic import ValidationError

from vibes.domain.cost import NodeCost
from vibes.domain.money import PER_USD, MicroUsd
from vibes.generators.vastai.config import VastConfig
from vibes.nodes.vast.when_needed import RentalsWhenNeeded
from vibes.ports.kinds import HubTraits, NodeKind, OptionProblem
from vibes.text.near_names import near_name_hint

KIND = "vast"


def vast_kind(hub: HubTraits) -> NodeKind:
    """All its nodes rent with one account."""
    rentals = RentalsWhenNeeded(hub)
    return NodeKind(
        name=KIND,
        connect=rentals,
        needs_address=False,
        check_options=option_problems,
        cost_of=cost_of,
        rentals=rentals,
    )


def option_problems(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    try:
        VastConfig.model_validate(dict(options))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            yield _problem(each["type"], tuple(map(str, each["loc"])), each["msg"])


def cost_of(options: Mapping[str, Any]) -> NodeCost | None:
    """An hour at most costs what may be paid for one: what is rented is often cheaper."""
    price = options.get("max_price")
    if isinstance(price, bool) or not isinstance(price, int | float) or not price > 0:
        return None
    return NodeCost(per_hour=MicroUsd(ceil(price * PER_USD)))


def _problem(kind: str, location: tuple[str, ...], message: str) -> OptionProblem:
    key = location[0] if location else ""
    if kind == "missing":
        field = VastConfig.model_fields[key]
        return OptionProblem("", f"{key} is required: {field.description}")
    if kind == "extra_forbidden":
        known = tuple(VastConfig.model_fields)
        hint = near_name_hint(key, known) or f": it has {', '.join(known)}"
        return OptionProblem(key, f"unknown option {key!r}{hint}")
    words = message.removeprefix("Value error, ")
    return OptionProblem(key, f"{'.'.join(location)}: {words[0].lower()}{words[1:]}" if location else words)
