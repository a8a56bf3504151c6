"""The kind ``comfyui-managed``: its options, and who drives its nodes."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from vibes.domain.nodes.node import NodeConfig
from vibes.ports.kinds import HubTraits, NodeKind, OptionProblem
from vibes.ports.nodes import GeneratorNode

KIND = "comfyui-managed"


def comfyui_managed_kind(hub: HubTraits) -> NodeKind:
    return NodeKind(
        name=KIND,
        connect=partial(_connect, hub),
        needs_address=False,
        check_options=_option_problems,
    )


def _option_problems(options: Mapping[str, Any]) -> Iterable[OptionProblem]:
    from vibes.generators.managed_comfyui.config import ManagedConfig
    from vibes.nodes.options import option_problems

    return option_problems(ManagedConfig, options)


def _connect(hub: HubTraits, config: NodeConfig) -> GeneratorNode:
    """The driver of a node whose options were checked."""
    from vibes.nodes.comfyui_managed.node import managed_node

    return managed_node(hub, config)
