"""The market: machines that can be rented, and what a search finds among them."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

KEY = "vast-key-of-the-tests"

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, among: value in among,
    "notin": lambda value, among: value not in among,
}
_NO_FILTERS = frozenset({"order", "type", "limit", "allocated_storage", "disable_bundling"})
_HOURS_A_MONTH = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine with one card; its offer has the number of the machine and a thousand more."""

    id: int
    gpu_name: str = "RTX 4090"
    gpu_ram: int = 24_564
    base_hourly: float = 0.30
    storage_monthly: float = 0.15
    """For a gigabyte."""
    inet_down_cost: float = 0.002
    inet_up_cost: float = 0.004
    reliability: float = 0.995

    @property
    def offer_id(self) -> int:
        return 1000 + self.id

    def storage_hourly(self, disk: float) -> float:
        return self.storage_monthly * disk / _HOURS_A_MONTH

    def offer(self, allocated: float, rented: bool) -> dict[str, Any]:
        """As a search shows it."""
        return {
            "id": self.offer_id,
            "ask_contract_id": self.offer_id,
            "machine_id": self.id,
            "host_id": 7,
            "num_gpus": 1,
            "gpu_name": self.gpu_name,
            "gpu_ram": self.gpu_ram,
            "dph_base": self.base_hourly,
            "dph_total": self.base_hourly + self.storage_hourly(allocated),
            "min_bid": self.base_hourly / 2,
            "storage_cost": self.storage_monthly,
            "inet_up_cost": self.inet_up_cost,
            "inet_down_cost": self.inet_down_cost,
            "inet_down": 800.0,
            "inet_up": 400.0,
            "disk_space": 400.0,
            "cuda_max_good": 13.0,
            "reliability": self.reliability,
            "direct_port_count": 64,
            "static_ip": True,
            "duration": 3_000_000.0,
            "geolocation": "Sweden, SE",
            "verified": True,
            "external": False,
            "rentable": not rented,
            "rented": rented,
        }


def found(offers: list[dict[str, Any]], query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a query finds; one that compares by an unknown word raises ValueError."""
    kept = [offer for offer in offers if all(_fits(offer, *each) for each in query.items())]
    for column, direction in reversed(query.get("order", [])):
        kept.sort(key=lambda offer: offer.get(column, 0), reverse=direction == "desc")
    return kept[: query.get("limit", 64)]


def _fits(offer: Mapping[str, Any], column: str, compared: Any) -> bool:
    if column in _NO_FILTERS:
        return True
    if not isinstance(compared, dict) or compared.keys() - _COMPARISONS.keys():
        raise ValueError(f"invalid filter for {column}")
    return all(_COMPARISONS[word](offer.get(column), value) for word, value in compared.items())
