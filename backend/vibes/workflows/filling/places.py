"""Where parameters' values go in their workflow's graph."""

from collections.abc import Iterator, Mapping

from vibes.workflows.definition.manifest import Parameter, Workflow
from vibes.workflows.definition.template import PLACEHOLDER, placeholders_in

Place = tuple[str, str]
"""An input of a graph node: the graph node's class and the input's name."""


def places_of(workflow: Workflow, parameter: Parameter) -> Iterator[Place]:
    """Every input that contains the parameter's value, alone or within a longer text."""
    for path, name in placeholders_in(workflow.template):
        if name == parameter.name:
            graph_node_id, _, input_name, *_ = path
            yield workflow.template[str(graph_node_id)]["class_type"], str(input_name)
    yield from _targets(workflow, parameter)


def whole_places(workflow: Workflow) -> Mapping[str, frozenset[Place]]:
    """By parameter: the inputs that hold its value and nothing else."""
    found: dict[str, set[Place]] = {name: set() for name in workflow.parameters}
    for graph_node in workflow.template.values():
        for input_name, value in graph_node["inputs"].items():
            whole = PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
            if whole and whole[1] in found:
                found[whole[1]].add((graph_node["class_type"], input_name))
    for name, parameter in workflow.parameters.items():
        found[name].update(_targets(workflow, parameter))
    return {name: frozenset(places) for name, places in found.items()}


def _targets(workflow: Workflow, parameter: Parameter) -> Iterator[Place]:
    for graph_node_id, input_name in parameter.targets:
        if graph_node_id in workflow.template:
            yield workflow.template[graph_node_id]["class_type"], input_name
