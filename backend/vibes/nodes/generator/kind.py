"""The kinds of nodes that are generators: each registered one by its name."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from vibes.domain.nodes.node import DEFAULT_KIND, NodeConfig
from vibes.generators.errors import InvalidSettings, Misconfigured
from vibes.generators.factory import GENERATORS, create_generator, settings_of
from vibes.generators.generator import ImageGenerator
from vibes.generators.keys import keys_digest
from vibes.nodes.generator.engine import Engine
from vibes.nodes.generator.files import GeneratorFiles
from vibes.nodes.generator.node import ImageGeneratorNode
from vibes.ports.kinds import HubTraits, NodeKind, OptionProblem

SERVES = "serves"
"""The one option that is the hub's: checkpoints of other nodes that this one may stand in for."""
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
            )


def _connect(hub: HubTraits, config: NodeConfig) -> ImageGeneratorNode:
    if hub.state_folder is None:
        raise ValueError("a hub that drives generators must have a folder for their state")
    files = GeneratorFiles(hub.state_folder / config.id)
    engine = Engine(partial(_made, hub, config, files), hub.answer_seconds / 3)
    return ImageGeneratorNode(config, engine, files, frozenset(config.options.get(SERVES, ())))


def _made(hub: HubTraits, config: NodeConfig, files: GeneratorFiles) -> ImageGenerator:
    settings = settings_of(_settings(config.kind, config.options), hub.env_files)
    return create_generator(settings, files.pictures, state_folder=files.requests)


def _keys_digest(hub: HubTraits, name: str, options: Mapping[str, Any]) -> str:
    try:
        return keys_digest(settings_of(_settings(name, options), hub.env_files))
    except Misconfigured:  # which `_option_problems` tells
        return ""


def _settings(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in options.items() if key != SERVES}, "strategy": name}


def _option_problems(hub: HubTraits, name: str, options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """What the generator's own model of its settings says of them."""
    serves = options.get(SERVES, [])
    if not isinstance(serves, list) or not all(isinstance(each, str) for each in serves):
        yield OptionProblem(SERVES, "serves must be a list of checkpoint names")
    if "strategy" in options:
        yield OptionProblem("strategy", "strategy is what kind says: leave it out")
    try:
        settings_of(_settings(name, options), hub.env_files)
    except InvalidSettings as error:
        for each in error.problems:
            yield OptionProblem(each.key.partition(".")[0], f"{each.key}: {each.message}")
    except Misconfigured as error:
        yield OptionProblem("", str(error))
