"""The part of a stand-in for a ComfyUI that needs no machine: it takes graphs, and costs nothing."""

from vibes.domain.ids import AttemptId
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.ports.orders import InputImage, Order, Outline


class TakesGraphs:
    """``graphs_for_it`` is what the real adapter knows of its node, and how it writes graphs for it."""

    graphs_for_it: GraphsForNode

    @property
    def charges(self) -> bool:
        return False

    def has(self, image: InputImage) -> bool:
        return self.graphs_for_it.uploads.name_of(image) is not None

    def forget_images(self) -> None:
        self.graphs_for_it.uploads.forget()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Graph:
        return self.graphs_for_it.prepare(attempt_id, order)

    def outline(self, sent: Graph) -> Outline:
        return self.graphs_for_it.outline(sent)
