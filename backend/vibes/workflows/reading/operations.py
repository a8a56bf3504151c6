"""What a graph does, guessed from its inputs where a manifest entry does not say."""

from vibes.domain.pictures.graph import Graph, link_of
from vibes.domain.pictures.spec import Operation
from vibes.workflows.graphs.steps import sampler_steps


def guess_operation(graph: Graph) -> Operation:
    """The most specific feature decides: a sampler, a ControlNet, a mask, a picture, a second sampler."""
    linked = {
        name
        for graph_node in graph.values()
        for name, value in graph_node["inputs"].items()
        if link_of(value) is not None
    }
    samplers = len(sampler_steps(graph))
    if not samplers:
        return Operation.UPSCALE if "upscale_model" in linked else Operation.PREPROCESS
    if "control_net" in linked:
        return Operation.CONTROLNET
    if "mask" in linked:
        return Operation.INPAINT
    if any(graph_node["class_type"].startswith("LoadImage") for graph_node in graph.values()):
        return Operation.IMG2IMG
    return Operation.HIRES_FIX if samplers > 1 else Operation.TXT2IMG
