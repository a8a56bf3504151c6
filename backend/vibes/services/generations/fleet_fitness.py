"""What the fleet, as it is now, can do with the workflows in force, and what it has for them."""

from collections.abc import Sequence

from vibes.services.generations.model_catalog import FleetCatalog, fleet_catalog
from vibes.services.generations.models import FleetModels
from vibes.services.generations.workflow_fitness import Fitness, fitness, task_type_fitness
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.queue.board import Board
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.tasks.task_types import JobTaskType


class FleetFitness:
    def __init__(self, board: Board, models: FleetModels, workflows: WorkflowCatalog) -> None:
        self._board = board
        self._models = models
        self._workflows = workflows

    def of_workflow(self, workflow: Workflow) -> list[Fitness]:
        """One entry a family, with every parameter at its default."""
        return fitness(workflow, self._board.nodes(), self._models.files_for)

    def of_task_types(self, types: Sequence[JobTaskType]) -> list[Fitness]:
        """In their order; each for its usual family."""
        nodes = self._board.nodes()
        return [task_type_fitness(each, nodes, self._models.files_for) for each in types]

    def catalog(self) -> FleetCatalog:
        """What the nodes have."""
        return fleet_catalog(self._board.nodes(), self._workflows.library, self._models.files_for)
