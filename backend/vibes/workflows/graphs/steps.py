"""How much sampling a graph is: the steps of each sampler, for progress and estimates.

Like the LoRA splice this reads inputs, not class names, so that samplers of custom graph nodes count too.
"""

from typing import Any

from vibes.domain.graph import Graph, link_of


def sampler_steps(graph: Graph) -> dict[str, int]:
    """Graph-node id → the steps it will report as progress, for each graph node that samples.

    KSampler runs its ``steps`` at any denoise but 0; KSamplerAdvanced the part between ``start_at_step`` and
    ``end_at_step``; SamplerCustom and SamplerCustomAdvanced what the scheduler behind their ``sigmas`` makes.
    Steps that only the node can know (sigmas typed by hand, a computed number) count as one.
    """
    steps = {}
    for graph_node_id, graph_node in graph.items():
        inputs = graph_node["inputs"]
        if link_of(inputs.get("latent_image")) and link_of(inputs.get("sigmas")):
            steps[graph_node_id] = _sigmas_steps(graph, inputs, set())
        elif link_of(inputs.get("positive")) and "steps" in inputs:
            steps[graph_node_id] = _own_steps(graph, inputs)
    return steps


def total_steps(graph: Graph) -> int:
    """Over all samplers, at least 1, so that a graph that does not sample still has an end to reach."""
    return max(1, sum(sampler_steps(graph).values()))


def _own_steps(graph: Graph, inputs: Any) -> int:
    if inputs.get("denoise", 1.0) == 0:
        return 0
    steps = _whole(graph, inputs["steps"], 1)
    start = _whole(graph, inputs.get("start_at_step"), 0)
    end = _whole(graph, inputs.get("end_at_step"), steps)
    return max(0, min(end, steps) - start)


def _sigmas_steps(graph: Graph, inputs: Any, passed: set[str]) -> int:
    """Follow ``sigmas`` up to the scheduler; what stands between (SplitSigmas, FlipSigmas) may cut the number."""
    link = link_of(inputs.get("sigmas"))
    if link is None or link.graph_node_id in passed:
        return 1
    passed.add(link.graph_node_id)
    source = graph[link.graph_node_id]["inputs"]
    if "steps" in source:
        return _own_steps(graph, source)
    steps = _sigmas_steps(graph, source, passed)
    if "step" in source:  # SplitSigmas: slot 0 is what comes before this step, slot 1 the rest
        cut = min(_whole(graph, source["step"], 0), steps)
        return steps - cut if link.slot else cut
    return steps


def _whole(graph: Graph, value: object, otherwise: int) -> int:
    """A whole number that stands in an input, or one link away in a graph node that only holds a ``value``."""
    link = link_of(value)
    if link is not None:
        value = graph[link.graph_node_id]["inputs"].get("value")
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
