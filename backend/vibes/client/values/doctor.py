"""What the hub's doctor found, as the hub reports it."""

from dataclasses import dataclass
from datetime import datetime

from vibes.client.values.codes import FindingArea, FindingState


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorFinding:
    area: FindingArea
    code: str
    state: FindingState
    subject: str
    """The node, file or server that it is about; empty where there is but one."""
    sentence: str
    """What is so and, where it should not be, what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    state: FindingState
    """The worst of all."""
    checked_at: datetime
    took_seconds: float
    version: str
    source: str
    """``hub``: a running one looked; ``files``: the command did, at settings and files."""
    findings: tuple[DoctorFinding, ...]
    """The worst first."""
