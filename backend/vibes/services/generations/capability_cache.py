"""Remembers what some node of the fleet can do, since a thousand equal jobs ask the same."""

from collections.abc import Sequence

from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.services.fleet.shelves import FleetShelves
from vibes.workflows.definition.manifest import Workflow

MOST = 1000

_ANY_TEXT = frozenset({"prompt", "negative_prompt"})
"""Values that do not affect which node is able."""


class CapabilityCache:
    """An answer stays valid as long as the fleet, its inventories and the workflow are the same objects."""

    def __init__(self, shelves: FleetShelves) -> None:
        self._shelves = shelves
        self._fleet: Sequence[object] = ()
        self._known: dict[object, Workflow] = {}

    def knows(self, workflow: Workflow, family: str, request: GenerationRequest) -> bool:
        self._look_at_the_fleet()
        return self._known.get(_question(workflow, family, request)) is workflow

    def note(self, workflow: Workflow, family: str, request: GenerationRequest) -> None:
        """It was checked just now, and some node is able."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[_question(workflow, family, request)] = workflow

    def _look_at_the_fleet(self) -> None:
        fleet = self._shelves.state()
        if fleet is not self._fleet:
            self._fleet = fleet
            self._known.clear()


def _question(workflow: Workflow, family: str, request: GenerationRequest) -> object:
    values = frozenset(item for item in request.values.items() if item[0] not in _ANY_TEXT)
    return workflow.name, family, values, request.loras, request.preferred_node, request.max_cost
