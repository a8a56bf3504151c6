"""What a machine says of itself when it is asked who it is, or why it cannot be asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Unreached(StrEnum):
    """Why a machine does not answer as a ComfyUI does."""

    REFUSED = "refused"
    """The machine is there, and nothing listens at that port."""
    SILENT = "silent"
    """No answer in time: it is off, a firewall drops what is sent, or the program hangs."""
    NO_ROUTE = "no_route"
    """The network knows no way there."""
    NO_NAME = "no_name"
    """The host's name does not resolve."""
    TLS = "tls"
    """Certificate, or encryption, do not fit."""
    FORBIDDEN = "forbidden"
    """401 or 403: the program, or a proxy before it, wants other headers."""
    OTHER_PROGRAM = "other_program"
    """Something answers, and it is no ComfyUI."""
    BROKEN = "broken"
    """The exchange broke off, or something on the way answered with an error of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """A ComfyUI that answered."""

    version: str
    device_name: str
    vram_total_bytes: int
    simulated: bool
    python: str = ""
    """Empty, as the next two, where it does not tell."""
    pytorch: str = ""
    system: str = ""
    date: datetime | None = None
    """When it answered by its own clock, to the second; None where it does not tell."""


@dataclass(frozen=True, slots=True)
class NotReached:
    cause: Unreached
    sentence: str
    """In the words of whoever asked."""
