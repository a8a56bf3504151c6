"""What a check of the hub's surroundings found: a code, a state, and one sentence with what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """In the order of how bad it is."""

    OK = "ok"
    WARN = "warn"
    """It works, and not as well as it could, or not for long."""
    WRONG = "wrong"
    """Something does not work until a person mends it."""


class Area(StrEnum):
    """What a finding is about, in the order in which people read it."""

    HUB = "hub"
    SETTINGS = "settings"
    NODES = "nodes"
    FILES = "files"
    CLOCKS = "clocks"
    DISK = "disk"
    DATABASE = "database"
    MEDIA = "media"
    REPLICAS = "replicas"
    WORKERS = "workers"
    PORTS = "ports"
    KEYS = "keys"
    LLM = "llm"
    WORKFLOWS = "workflows"
    STUDIO = "studio"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    area: Area
    code: str
    """Stable across releases; docs/doctor.md lists all."""
    state: State
    sentence: str
    """For people: what is so and, where it should not be, what to do about it."""
    subject: str = ""
    """The node, file or server that it is about; empty where there is but one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was found, the worst first, and in the order of `Area` among what is equally bad."""

    findings: tuple[Finding, ...]
    checked_at: datetime
    """Aware, UTC."""
    took_seconds: float
    version: str
    """Of the hub, or of the command that looked by itself."""
    source: Literal["hub", "files"]
    """Who looked: a running hub, or the command alone, at settings and files."""

    @property
    def state(self) -> State:
        return worst(each.state for each in self.findings)

    def count(self, state: State) -> int:
        return sum(each.state is state for each in self.findings)


_STATES, _AREAS = list(State), list(Area)


def worst(states: Iterable[State]) -> State:
    """`State.OK` of none."""
    return max(states, key=_STATES.index, default=State.OK)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: (-_STATES.index(each.state), _AREAS.index(each.area))))


def ok(area: Area, code: str, sentence: str, subject: str = "") -> Finding:
    return Finding(area=area, code=code, state=State.OK, sentence=sentence, subject=subject)


def warn(area: Area, code: str, sentence: str, subject: str = "") -> Finding:
    return Finding(area=area, code=code, state=State.WARN, sentence=sentence, subject=subject)


def wrong(area: Area, code: str, sentence: str, subject: str = "") -> Finding:
    return Finding(area=area, code=code, state=State.WRONG, sentence=sentence, subject=subject)
