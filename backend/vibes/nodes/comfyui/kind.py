"""The kind ``comfyui``: a stock ComfyUI at an address of its own."""

from vibes.domain.nodes.node import DEFAULT_KIND
from vibes.nodes.comfyui.node import comfyui_node_factory
from vibes.nodes.comfyui.orders.origin import graph_in, graph_of
from vibes.nodes.comfyui.transport.http import HttpLimits
from vibes.ports.kinds import HubTraits, NodeKind


def comfyui_kind(hub: HubTraits) -> NodeKind:
    """A health check may take a third of the time of other answers."""
    limits = HttpLimits(check_seconds=hub.answer_seconds / 3, answer_seconds=hub.answer_seconds)
    return NodeKind(
        name=DEFAULT_KIND,
        connect=comfyui_node_factory(hub_id=hub.hub_id, limits=limits),
        graph_in=graph_in,
        graph_of=graph_of,
    )
