"""Pictures that differ in a known way: the requests for them, and what lies beside a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vibes.client.values.pictures import BatchRequest
from vibes.domain.exploration.ahead import AheadWait
from vibes.domain.exploration.neighbours import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationsRequest:
    """Pictures like one that is described, each with its difference; either ``variations`` or ``axes``."""

    like: BatchRequest
    """Its ``count`` does not matter."""
    variations: Sequence[Mapping[str, Any]] = ()
    """Values by parameter, one mapping a picture, in the order of drawing."""
    axes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """``x`` and perhaps ``y``, each as the API takes it: ``{"parameter": "steps", "values": [10, 20]}`` or with
    ``"range": {"from": 10, "to": 30, "step": 5}``."""
    explored_from: str | None = None
    """The picture that these lie beside, which becomes their parent."""

    def body(self) -> dict[str, Any]:
        """The body for ``POST /api/generate/variations``."""
        body = {name: value for name, value in self.like.body().items() if name != "count"}
        said: dict[str, Any] = {"variations": [dict(each) for each in self.variations], "axes": dict(self.axes)}
        if self.explored_from is not None:
            said["explored_from"] = self.explored_from
        return {**body, **{name: value for name, value in said.items() if value}}


@dataclass(frozen=True, slots=True)
class Neighbour:
    words: str
    """Its difference for people."""
    varied: Mapping[str, Any]
    """The same as data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What lies beside a picture in one direction."""

    direction: Direction
    generation_id: str
    neighbours: tuple[Neighbour, ...]
    none_because: str | None
    request: Mapping[str, Any] | None
    """What draws all of them (`Exploration.draw`); its ``variations`` are in the order of ``neighbours``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is drawn ahead for a session, on nodes that nobody else wants."""

    session_id: str
    active: bool
    budget: int
    begun: tuple[str, ...]
    running: tuple[str, ...]
    waiting: int
    waits_for: AheadWait | None = None
    """Why none of those begins now."""
