"""Every graph-node class the simulator can run, by its name."""

from vibes.simulator.graph_nodes import conditioning, images, latents, loaders, outputs, sampling, savers
from vibes.simulator.graph_nodes.base import GraphNodeClass

CLASSES: dict[str, GraphNodeClass] = (
    loaders.CLASSES
    | conditioning.CLASSES
    | latents.CLASSES
    | sampling.CLASSES
    | images.CLASSES
    | outputs.CLASSES
    | savers.CLASSES
)

SAMPLERS = frozenset(sampling.SAMPLERS)
"""Classes in which an injected execution error or lack of memory occurs."""
