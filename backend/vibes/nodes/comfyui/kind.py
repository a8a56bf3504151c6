"""The kind ``comfyui``: a stock ComfyUI at an address of its own."""

from vibes.domain.nodes.node import DEFAULT_KIND
from vibes.nodes.comfyui.late import limits_of
from vibes.nodes.comfyui.node import comfyui_node_factory
from vibes.nodes.comfyui.orders.origin import graph_in, graph_of
from vibes.nodes.comfyui.sweeping import sweep
from vibes.ports.kinds import HubTraits, NodeKind


def comfyui_kind(hub: HubTraits) -> NodeKind:
    return NodeKind(
        name=DEFAULT_KIND,
        connect=comfyui_node_factory(hub_id=hub.hub_id, limits=limits_of(hub)),
        graph_in=graph_in,
        graph_of=graph_of,
        look_for=sweep,
    )
