"""Orders as graphs for one ComfyUI: filled, spelled in the node's way, and its errors about them explained."""

from collections.abc import Mapping
from typing import Any

from vibes.domain.errors import PromptRejected
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.outcome import Errored
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.complaints import GraphFailure, explained, refused_files
from vibes.nodes.comfyui.orders.files_read import file_read_by, files_read_by
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.comfyui.orders.spelling import spelled_for
from vibes.nodes.comfyui.orders.uploads import Uploads
from vibes.ports.orders import Order, Outline
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.graphs.steps import sampler_steps

_PREFIX_DIGITS = 16
"""Hexadecimal digits, for 64 random bits."""


class GraphsForNode:
    """What is needed of a node to write graphs for it and to read its errors; no I/O."""

    def __init__(self) -> None:
        self.uploads = Uploads()
        self.inventory: ComfyUIInventory | None = None
        """As last reported; before that nothing is spelled in the node's way."""

    def prepare(self, attempt_id: AttemptId, order: Order) -> Graph:
        """Raises InvalidRequest; KeyError for an order whose images were not uploaded."""
        images = {name: self.uploads.name_of(image) for name, image in order.images.items()}
        uploaded = {name: known for name, known in images.items() if known is not None}
        if missing := images.keys() - uploaded.keys():
            raise KeyError(f"not uploaded: {', '.join(sorted(missing))}")
        graph = compile_graph(order.workflow, order.spec, uploaded, prefix=output_prefix(attempt_id))
        if not order.kept:
            graph = without_saving(graph)
        return graph if self.inventory is None else spelled_for(self.inventory, graph)

    def outline(self, graph: Graph) -> Outline:
        read = {each: file for each in graph if (file := file_read_by(graph, each)) is not None}
        steps = sampler_steps(graph)
        inventory = self.inventory
        if inventory is None:
            return Outline(steps, read, frozenset(read.values()))
        files = frozenset(file for each in graph for file in files_read_by(graph, each, inventory))
        return Outline(steps, {each: inventory.file(file) for each, file in read.items()}, files)

    def explained(self, failure: GraphFailure, graph: Graph | None) -> Errored:
        """What the failure of a graph, if it is known, means to the hub. After a missing image all are uploaded again
        when needed."""
        found = explained(failure, graph or {}, self.inventory, self.uploads.names)
        if found.lost_image:
            self.uploads.forget()
        return found

    def rejected(self, message: str, code: str | None, not_listed: list[str], graph: Graph) -> PromptRejected:
        """What the refusal of a graph means, with the model files in it that the node no longer lists. It may have lost
        images too, so all are uploaded again when needed."""
        self.uploads.forget()
        files = () if self.inventory is None else refused_files(not_listed, graph, self.inventory)
        return PromptRejected(message, code=code, not_there=tuple(files))


def output_prefix(attempt_id: AttemptId) -> str:
    """The ``filename_prefix`` of an attempt's files on a node.

    It differs for each attempt, so that no other ComfyUI with the same output folder and no other prompt overwrites its
    files, and no cache answers with a file of another attempt.
    """
    return f"vibes/{attempt_id.replace('-', '')[:_PREFIX_DIGITS]}"


def without_saving(graph: Graph) -> Graph:
    """The graph with previews in place of saved pictures: those are in the node's temporary folder."""
    return {graph_node_id: _shown(graph_node) for graph_node_id, graph_node in graph.items()}


def _shown(graph_node: Mapping[str, Any]) -> Mapping[str, Any]:
    if graph_node["class_type"] != "SaveImage":
        return graph_node
    return {**graph_node, "class_type": "PreviewImage", "inputs": {"images": graph_node["inputs"]["images"]}}
