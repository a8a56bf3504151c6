"""The registry of node kinds: a new kind is a folder beside this file and a line in it."""

from vibes.nodes.comfyui.kind import comfyui_kind
from vibes.nodes.comfyui_managed.kind import comfyui_managed_kind
from vibes.nodes.generator.kind import generator_kinds
from vibes.nodes.vast.kind import vast_kind
from vibes.nodes.worker.kind import worker_kind
from vibes.ports.kinds import HubTraits, NodeKinds

_NO_HUB = HubTraits()


def node_kinds(hub: HubTraits = _NO_HUB) -> NodeKinds:
    """Every kind that ``gpus.yaml`` may name. Without a hub they can only check such a file."""
    return NodeKinds(
        [comfyui_kind(hub), comfyui_managed_kind(hub), *generator_kinds(hub), vast_kind(hub), worker_kind(hub)]
    )
