"""The kinds of nodes that are generators: each registered one by its name, loaded with the first entry of its kind."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from vibes.domain.nodes.node import DEFAULT_KIND, NodeConfig
from vibes.generators.registry import GENERATORS
from vibes.ports.kinds import HubTraits, NodeKind, OptionProblem
from vibes.ports.nodes import GeneratorNode

DRIVEN_OTHERWISE = frozenset({DEFAULT_KIND, "comfyui-managed", "vast", "vastai"})
"""Names of generators that only provide a ComfyUI, which the hub drives as one."""


def generator_kinds(hub: HubTraits) -> Iterator[NodeKind]:
    """One for each generator that draws by itself, those of other packages included; loads none of them."""
    for name in GENERATORS:
        if name not in DRIVEN_OTHERWISE:
            yield NodeKind(
                name=name,
                connect=partial(_connect, hub),
                needs_address=False,
                check_options=partial(_option_problems, hub, name),
                keys_digest=partial(_keys_digest, hub, name),
                defaults_of=partial(_defaults, hub, name),
            )


def _connect(hub: HubTraits, config: NodeConfig) -> GeneratorNode:
    from vibes.nodes.generator.making import made_node

    return made_node(hub, config)


def _option_problems(hub: HubTraits, name: str, options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    from vibes.nodes.generator.entries import option_problems

    return option_problems(name, options, hub.env_files)


def _defaults(hub: HubTraits, name: str, options: Mapping[str, Any]) -> Mapping[str, Any]:
    from vibes.nodes.generator.entries import defaults_of

    return defaults_of(name, options, hub.env_files)


def _keys_digest(hub: HubTraits, name: str, options: Mapping[str, Any]) -> str:
    from vibes.nodes.generator.entries import entry_keys_digest

    return entry_keys_digest(name, options, hub.env_files)
