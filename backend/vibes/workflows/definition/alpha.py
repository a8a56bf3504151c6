"""Whether a workflow uses how transparent a picture is that it loads."""

from vibes.domain.pictures.graph import link_of
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.definition.template import placeholders_in

_PLAIN_LOADER = "LoadImage"
_ALPHA = 1
"""The output of ComfyUI's LoadImage that tells it, as a mask."""


def uses_alpha(workflow: Workflow, name: str) -> bool:
    """Whether the transparency of this picture parameter may count: something takes it from ComfyUI's own loader, or
    another loader gets the picture, of which nobody knows."""
    graph = workflow.template
    loaders = {str(path[0]) for path, placeholder in placeholders_in(graph) if placeholder == name}
    loaders |= {graph_node_id for graph_node_id, _ in workflow.parameters[name].targets if graph_node_id in graph}
    if any(graph[each]["class_type"] != _PLAIN_LOADER for each in loaders):
        return True
    links = (link_of(value) for graph_node in graph.values() for value in graph_node["inputs"].values())
    return any(link is not None and link.graph_node_id in loaders and link.slot == _ALPHA for link in links)
