"""What Vast.ai tells, read without trust: offers and instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vibes.generators.errors import Unavailable

_LARGEST = 2**53
"""What a number of JSON tells exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A machine that could be rented. Prices are US dollars."""

    id: int
    machine_id: int
    gpu_name: str
    hourly_usd: float
    """GPU and the disk that was asked for, for an hour; without traffic."""
    download_usd: float = 0.0
    """For a gigabyte that the machine receives."""
    upload_usd: float = 0.0
    """For a gigabyte that it sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What is rented under one contract, as the account's list shows it."""

    id: int
    label: str = ""
    machine_id: int = 0
    status: str | None = None
    """``actual_status``; None while it is being provisioned, which is not the same as gone."""
    intended: str | None = None
    """What it should come to: running, or stopped because the account is empty or somebody paid more."""
    message: str = ""
    """``status_msg``: how far the image is pulled, or what went wrong."""
    address: tuple[str, int] | None = None
    """Where ComfyUI's proxy listens; None until it runs."""
    hourly_usd: float | None = None
    """None where no price is told, or none that can be: the one that was told last holds."""
    started_at: float | None = None
    """Seconds since 1970 from which it is billed."""


def offer_of(row: object) -> Offer | None:
    """None for a row that lacks what a decision needs."""
    if not isinstance(row, dict):
        return None
    number, machine, price = _id(row, "id"), _id(row, "machine_id"), _price(row, "dph_total")
    if number is None or machine is None or not price:
        return None
    return Offer(
        id=number,
        machine_id=machine,
        gpu_name=_text(row, "gpu_name") or "GPU",
        hourly_usd=price,
        download_usd=_price(row, "inet_down_cost") or 0.0,
        upload_usd=_price(row, "inet_up_cost") or 0.0,
    )


def instance_of(row: object) -> Instance:
    """Raises Unavailable for a row without an id: a list that cannot be read must not pass for one that lacks it."""
    number = _id(row, "id") if isinstance(row, dict) else None
    if not isinstance(row, dict) or number is None:
        raise Unavailable("the list of instances has an entry without an id")
    return Instance(
        id=number,
        label=_text(row, "label"),
        machine_id=_id(row, "machine_id") or 0,
        status=_text(row, "actual_status") or None,
        intended=_text(row, "intended_status") or None,
        message=" ".join(_text(row, "status_msg").split()),
        address=_address(row),
        hourly_usd=_price(row, "dph_total") or None,
        started_at=number_in(row, "start_date"),
    )


def _address(row: Mapping[str, Any]) -> tuple[str, int] | None:
    """The port is told as text, the address at times with spaces around it, and both only once it runs."""
    host = _text(row, "public_ipaddr")
    match row.get("ports"):
        case {"8188/tcp": [{"HostPort": str(port)}, *_]} if host and port.isdecimal():
            return host, int(port)
        case _:
            return None


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def number_in(row: Mapping[str, Any], name: str) -> float | None:
    """None for whatever cannot be reckoned with: no cap holds against something that is not even a number."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LARGEST <= value <= _LARGEST else None


def _price(row: Mapping[str, Any], name: str) -> float | None:
    """A price below 0 would make room below a cap."""
    value = number_in(row, name)
    return value if value is not None and value >= 0 else None


def _id(row: Mapping[str, Any], name: str) -> int | None:
    value = number_in(row, name)
    return int(value) if value is not None else None
