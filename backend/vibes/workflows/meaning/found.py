"""What was found in a graph: settings by role, with reasons, and what could not be decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from vibes.domain.pictures.spec import ParameterValue
from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.meaning.files import Lora
from vibes.workflows.meaning.sizes import Size


class Candidate(NamedTuple):
    """An input that may be meant."""

    place: Place
    value: ParameterValue
    why: str


class Unsure(NamedTuple):
    """A parameter that was not bound, since several inputs may be meant, or none is known."""

    parameter: str
    candidates: tuple[Candidate, ...]
    say: str
    """One sentence: what is open, and what to do."""


class Part(NamedTuple):
    """A text that is joined with the prompt."""

    name: str | None
    """Made of its graph node's title; None without one that can be used."""
    role: str
    setting: Setting


@dataclass(slots=True)
class Roles:
    """Settings by role, in the order in which the graph reaches them.

    Settings of one role with equal values are one setting; with different values they are different settings.
    """

    order: list[str]
    """The graph nodes that the outputs need, each after those that feed it."""
    saves: list[str]
    """Graph nodes that save pictures or videos."""
    samplers: list[str]
    draws: list[str]
    """The samplers; without any, the services that make pictures by themselves."""
    settings: dict[str, list[Setting]] = field(default_factory=dict)
    sizes: list[Size] = field(default_factory=list, init=False)
    """Width and height, as pairs."""
    parts: list[Part] = field(default_factory=list, init=False)
    loras: list[Lora] = field(default_factory=list, init=False)
    why: dict[Place, str] = field(default_factory=dict, init=False)
    """By input: what it was recognised by."""
    unsure: list[Unsure] = field(default_factory=list, init=False)
    details: set[str] = field(default_factory=set, init=False)
    """Those of ``samplers`` that draw parts of a picture anew."""
    controls: set[Place] = field(default_factory=set, init=False)
    """Inputs that name control pictures."""
    notes: list[str] = field(default_factory=list, init=False)
    """Sentences about what was looked for and not found."""

    def add(self, role: str, found: Setting | None, why: str) -> bool:
        if found and found not in self.settings.setdefault(role, []):
            self.settings[role].append(found)
            self.why.setdefault(found.place, why)
        return found is not None

    @property
    def taken(self) -> Mapping[Place, str]:
        """The inputs that have a role."""
        return {each.place: role for role, found in self.settings.items() for each in found}
