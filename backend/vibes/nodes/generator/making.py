"""The node of an entry whose kind is a generator."""

from functools import partial

from vibes.domain.nodes.node import NodeConfig
from vibes.generators.factory import create_generator
from vibes.generators.generator import ImageGenerator
from vibes.nodes.generator.engine import Engine
from vibes.nodes.generator.entries import SERVES, entry_settings
from vibes.nodes.generator.files import GeneratorFiles
from vibes.nodes.generator.node import ImageGeneratorNode
from vibes.ports.kinds import HubTraits


def made_node(hub: HubTraits, config: NodeConfig) -> ImageGeneratorNode:
    """Of an entry whose options were checked; the generator itself is made with the first check of the node."""
    if hub.state_folder is None:
        raise ValueError("a hub that drives generators must have a folder for their state")
    files = GeneratorFiles(hub.state_folder / config.id)
    engine = Engine(partial(_made, hub, config, files), hub.answer_seconds / 3)
    return ImageGeneratorNode(config, engine, files, frozenset(config.options.get(SERVES, ())))


def _made(hub: HubTraits, config: NodeConfig, files: GeneratorFiles) -> ImageGenerator:
    settings = entry_settings(config.kind, config.options, hub.env_files)
    return create_generator(settings, files.pictures, state_folder=files.requests)
