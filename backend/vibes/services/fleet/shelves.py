"""The model files of the nodes that may do a kind of work, collected once for each change of the fleet."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from vibes.domain.ids import NodeId
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder, NodeConfig
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.spec import Operation
from vibes.scheduling.eligibility import lacking_capability
from vibes.services.fleet.file_names import FleetNames
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.definition.template import PLACEHOLDER
from vibes.workflows.graphs.requirements import requirements
from vibes.workflows.models.model_choice import Shelf

_NO_FAMILIES = frozenset({"upscale", "controlnet", "ipadapter", "faceid"})
"""Capabilities besides families."""

MOST = 500
"""Kinds of work that are remembered."""


class FleetShelves:
    def __init__(self, supervisor: NodeSupervisor) -> None:
        self._supervisor = supervisor
        self._fleet: Sequence[object] = ()
        self._shelves: dict[object, Shelf] = {}
        self._given_families: Mapping[NodeId, frozenset[str]] | None = None
        self._told_families: Mapping[str, frozenset[str]] | None = None
        self._paid_files: frozenset[str] | None = None
        self._fleet_names: FleetNames | None = None

    def state(self) -> Sequence[object]:
        """The same object as long as no node and no inventory changes."""
        fleet = [each for watch in self._supervisor.nodes.values() for each in (watch.config, watch.inventory)]
        if len(fleet) != len(self._fleet) or any(a is not b for a, b in zip(fleet, self._fleet, strict=True)):
            self._fleet = fleet
            self._shelves.clear()
            self._given_families = self._told_families = None
            self._paid_files = None
            self._fleet_names = None
        return self._fleet

    @property
    def inventories(self) -> tuple[NodeInventory, ...]:
        """Of the enabled nodes that have answered since the hub started."""
        return self._supervisor.inventories

    def canonical(self, folder: ModelFolder, name: str) -> str | None:
        """The fleet's name for the file that ``name`` means; None when no node has it."""
        return self._names().canonical(folder, name)

    def watches(self) -> Collection[WatchedNode]:
        return self._supervisor.nodes.values()

    def name_of(self, file: str) -> str:
        """Like `canonical`, in any folder; the name itself when no node has it."""
        found = (self.canonical(folder, file) for folder in ModelFolder)
        return next((name for name in found if name is not None), file)

    def require_node(self, node_id: NodeId) -> None:
        """Raises NotFound with near names."""
        self._supervisor.get(node_id)

    def of(self, workflow: Workflow, family: str, *, with_graph_nodes: bool = True) -> Shelf:
        """Of the nodes that are given the family and have all that the workflow's template names itself; the graph
        nodes among that only where they are asked for (``with_graph_nodes``), for an option may take some out; without
        them whatever else a node of another kind cannot do is told by its own reasons."""
        self.state()
        needed = named_by_template(workflow, family)
        if not with_graph_nodes:
            needed = replace(needed, graph_node_classes=frozenset(), operation=None)
        key = family, workflow.operation, needed
        if key not in self._shelves:
            if len(self._shelves) >= MOST:
                self._shelves.clear()
            able = (
                (config.id, inventory)
                for config, inventory in self._given(family, workflow.operation)
                if inventory is not None and not inventory.lacks(needed)
            )
            self._shelves[key] = _shelf(able, self._names())
        return self._shelves[key]

    def all(self) -> Shelf:
        """The shelf of every enabled node that has answered."""
        known = ((config.id, inventory) for config, inventory in self._enabled() if inventory is not None)
        return _shelf(known, self._names())

    def not_answered(self, family: str, operation: Operation) -> bool:
        """Whether a node that may do it has not reported its files yet."""
        return any(inventory is None for _, inventory in self._given(family, operation))

    def nodes_given(self, family: str, operation: Operation) -> list[NodeId]:
        return [config.id for config, _ in self._given(family, operation)]

    def largest_side(self, family: str, operation: Operation) -> int | None:
        """Side of the largest square that some node may draw; None where none may."""
        return max((config.max_resolution for config, _ in self._given(family, operation)), default=None)

    def nodes_with(self, file: str) -> frozenset[NodeId]:
        return frozenset(
            config.id
            for config, inventory in self._enabled()
            if inventory is not None and any(inventory.has_file(folder, file) for folder in inventory.files)
        )

    def _names(self) -> FleetNames:
        self.state()
        if self._fleet_names is None:
            self._fleet_names = FleetNames(self._supervisor.inventories)
        return self._fleet_names

    def families_given(self) -> Mapping[NodeId, frozenset[str]]:
        """The families of each node according to ``gpus.yaml``."""
        self.state()
        if self._given_families is None:
            self._given_families = {
                config.id: frozenset(map(_family, config.capabilities - _NO_FAMILIES)) for config, _ in self._enabled()
            }
        return self._given_families

    def families_told(self) -> Mapping[str, frozenset[str]]:
        """By file: the families that it is drawn as, where its nodes tell them."""
        self.state()
        if self._told_families is None:
            told: dict[str, frozenset[str]] = {}
            for inventory in self.inventories:
                for model in inventory.models:
                    told[model.name] = told.get(model.name, frozenset()) | model.families
            self._told_families = told
        return self._told_families

    def paid_files(self) -> frozenset[str]:
        """Models that only nodes have which cost money."""
        self.state()
        if self._paid_files is None:
            free: set[str] = set()
            paid: set[str] = set()
            for watch in self._supervisor.nodes.values():
                config, inventory = watch.config, watch.inventory
                if config.enabled and inventory is not None:
                    (paid if _costs(watch) else free).update(inventory.files.get(ModelFolder.CHECKPOINTS, ()))
            self._paid_files = frozenset(paid - free)
        return self._paid_files

    def paid_nodes(self) -> frozenset[NodeId]:
        """Nodes that cost money."""
        return frozenset(node_id for node_id, watch in self._supervisor.nodes.items() if _costs(watch))

    def inventory_of(self, node_id: NodeId) -> NodeInventory | None:
        """None while it has not answered, or where there is no such node."""
        watch = self._supervisor.nodes.get(node_id)
        return None if watch is None else watch.inventory

    def refusals(self, workflow: Workflow, family: str) -> Mapping[NodeId, tuple[str, ...]]:
        """By node without files that is given the work: why it cannot do it, whatever model is chosen."""
        needed = named_by_template(workflow, family)
        given = ((config.id, inventory) for config, inventory in self._given(family, workflow.operation))
        return {
            node_id: reasons
            for node_id, inventory in given
            if inventory is not None and inventory.models and (reasons := inventory.lacks(needed))
        }

    def _given(self, family: str, operation: Operation) -> Iterator[tuple[NodeConfig, NodeInventory | None]]:
        return (each for each in self._enabled() if lacking_capability(each[0], family, operation) is None)

    def _enabled(self) -> Iterator[tuple[NodeConfig, NodeInventory | None]]:
        return ((each.config, each.inventory) for each in self._supervisor.nodes.values() if each.config.enabled)


def _costs(watch: WatchedNode) -> bool:
    return watch.client.charges or watch.cost is not None


def _family(capability: str) -> str:
    return "flux" if capability == "flux_fp8" else capability


def named_by_template(workflow: Workflow, family: str) -> Requirements:
    """Graph-node classes, and files that no parameter sets."""
    needed = requirements(workflow.template)
    return Requirements(
        frozenset(file for file in needed.files if not PLACEHOLDER.search(file[1])),
        needed.graph_node_classes,
        workflow=workflow.name,
        family=family,
        operation=workflow.operation,
    )


def _shelf(nodes: Iterator[tuple[NodeId, NodeInventory]], fleet: FleetNames) -> Shelf:
    found: Mapping[ModelFolder, dict[str, set[NodeId]]] = {folder: defaultdict(set) for folder in ModelFolder}
    for node_id, inventory in nodes:
        for folder in inventory.files:
            for name in fleet.of(inventory, folder):
                found[folder][name].add(node_id)
    return {folder: {name: frozenset(ids) for name, ids in files.items()} for folder, files in found.items()}
