"""Every graph-node class the simulator can run, by its name."""

from vibes.simulator.graph_nodes import conditioning, images, latents, loaders, outputs, sampling
from vibes.simulator.graph_nodes.base import GraphNodeClass

CLASSES: dict[str, GraphNodeClass] = (
    loaders.CLASSES | conditioning.CLASSES | latents.CLASSES | sampling.CLASSES | images.CLASSES | outputs.CLASSES
)

SAMPLERS = frozenset(sampling.SAMPLERS)
"""Where an injected execution error or a lack of memory strikes."""
