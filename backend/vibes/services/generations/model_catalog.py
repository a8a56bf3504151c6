"""What the fleet has, and where: families, model files, samplers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder
from vibes.scheduling.snapshot import NodeView
from vibes.services.fleet.file_names import FleetNames
from vibes.services.generations.workflow_fitness import FilesFor, fitness
from vibes.workflows.library.library import Library

Where = Mapping[str, list[str]]
"""Names in alphabetical order, each with the nodes that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetCatalog:
    families: Where
    """Each with the nodes that can run one of its workflows with its defaults."""
    checkpoints: Where
    loras: Where
    samplers: Where
    schedulers: Where
    other_models: Mapping[str, Where]


def fleet_catalog(nodes: Sequence[NodeView], library: Library, files_for: FilesFor) -> FleetCatalog:
    """Of the enabled nodes that have answered since the hub started."""
    known = [(str(node.id), node.inventory) for node in nodes if node.config.enabled and node.inventory is not None]
    names = FleetNames(inventory for _, inventory in known)
    files = {folder: _files(known, names, folder) for folder in ModelFolder}
    return FleetCatalog(
        families=_families([node for node in nodes if node.inventory is not None], library, files_for),
        checkpoints=files.pop(ModelFolder.CHECKPOINTS),
        loras=files.pop(ModelFolder.LORAS),
        samplers=_where((node_id, inventory.samplers) for node_id, inventory in known),
        schedulers=_where((node_id, inventory.schedulers) for node_id, inventory in known),
        other_models={str(folder): where for folder, where in files.items()},
    )


def _files(known: Sequence[tuple[str, NodeInventory]], names: FleetNames, folder: ModelFolder) -> Where:
    return _where((node_id, names.of(inventory, folder)) for node_id, inventory in known)


def _families(nodes: Sequence[NodeView], library: Library, files_for: FilesFor) -> Where:
    able: dict[str, dict[str, None]] = {}
    for workflow in library.workflows.values():
        for each in fitness(workflow, nodes, files_for):
            able.setdefault(each.family, {}).update(dict.fromkeys(map(str, each.able)))
    return {family: sorted(able[family]) for family in library.families() if able.get(family)}


def _where(having: Iterable[tuple[str, Iterable[str]]]) -> Where:
    found: dict[str, list[str]] = {}
    for node_id, names in having:
        for name in names:
            found.setdefault(name, []).append(node_id)
    return dict(sorted(found.items()))
