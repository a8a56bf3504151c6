"""How many sampler steps a graph has, for progress and estimates.

Reads inputs, not class names, so that custom samplers count too.
"""

from collections.abc import Mapping
from typing import Any

from vibes.domain.pictures.graph import Graph, link_of
from vibes.workflows.graphs.outputs import is_output

_CONDITIONING = frozenset({"positive", "conditioning"})
_EMBEDS = "_embeds"
"""Names of the conditioning of samplers, or how they end; a saver that notes it is none."""


def sampler_steps(graph: Graph) -> dict[str, int]:
    """Graph-node id → the steps that it will report, for each graph node that samples.

    KSampler runs its ``steps`` at any denoise but 0; KSamplerAdvanced those between ``start_at_step`` and
    ``end_at_step``; SamplerCustom and SamplerCustomAdvanced those of the scheduler linked to ``sigmas``. Steps that
    only the node can know (typed sigmas, a computed number) count as one.
    """
    steps = {}
    for graph_node_id, graph_node in graph.items():
        inputs = graph_node["inputs"]
        if link_of(inputs.get("latent_image")) and link_of(inputs.get("sigmas")):
            steps[graph_node_id] = _sigmas_steps(graph, inputs, set())
        elif "steps" in inputs and _takes_conditioning(inputs) and not is_output(graph, graph_node_id):
            steps[graph_node_id] = _own_steps(graph, inputs)
    return steps


def _takes_conditioning(inputs: Mapping[str, Any]) -> bool:
    named = (name for name in inputs if name in _CONDITIONING or name.endswith(_EMBEDS))
    return any(link_of(inputs[name]) for name in named)


def total_steps(graph: Graph) -> int:
    """Steps of all samplers, at least 1, so that progress has an end in a graph without samplers too."""
    return max(1, sum(sampler_steps(graph).values()))


def _own_steps(graph: Graph, inputs: Any) -> int:
    if inputs.get("denoise", 1.0) == 0:
        return 0
    steps = _whole(graph, inputs["steps"], 1)
    start = _whole(graph, inputs.get("start_at_step"), 0)
    end = _whole(graph, inputs.get("end_at_step"), steps)
    return max(0, min(end, steps) - start)


def _sigmas_steps(graph: Graph, inputs: Any, passed: set[str]) -> int:
    """Follow ``sigmas`` up to the scheduler; SplitSigmas and FlipSigmas in between may reduce the number."""
    link = link_of(inputs.get("sigmas"))
    if link is None or link.graph_node_id in passed:
        return 1
    passed.add(link.graph_node_id)
    source = graph[link.graph_node_id]["inputs"]
    if "steps" in source:
        return _own_steps(graph, source)
    steps = _sigmas_steps(graph, source, passed)
    if "step" in source:  # SplitSigmas: slot 0 has the steps before this one, slot 1 the rest
        cut = min(_whole(graph, source["step"], 0), steps)
        return steps - cut if link.slot else cut
    return steps


def _whole(graph: Graph, value: object, otherwise: int) -> int:
    """The whole number in an input, or in the graph node linked to it that only holds a ``value``."""
    link = link_of(value)
    if link is not None:
        value = graph[link.graph_node_id]["inputs"].get("value")
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
