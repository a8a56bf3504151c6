"""What the simulator's cache takes for the same, and what not."""

import copy
from collections.abc import Callable
from functools import partial

import pytest

from tests.contract.simulator_client import Graph, txt2img
from vibes.simulator.state.cache import CachedResult, ResultCache, Signature, Uncacheable, signatures


def signed(graph: Graph) -> dict[str, Signature | None]:
    return signatures(graph, lambda _id, _graph_node: None)


def changed(change: Callable[[Graph], object]) -> set[str]:
    """The graph nodes whose signature a change affects."""
    before, graph = signed(txt2img()), copy.deepcopy(txt2img())
    change(graph)
    after = signed(graph)
    return {graph_node_id for graph_node_id in before if before[graph_node_id] != after[graph_node_id]}


@pytest.mark.parametrize(
    ("graph_node_id", "name", "value", "affected"),
    [
        ("9", "filename_prefix", "other", {"9"}),
        ("3", "seed", 99, {"3", "8", "9"}),
        ("6", "text", "a harbour", {"6", "3", "8", "9"}),
        ("4", "ckpt_name", "other.safetensors", {"4", "6", "7", "3", "8", "9"}),
        ("5", "unknown_input", 1, {"5", "3", "8", "9"}),
    ],
)
def test_a_change_affects_what_lies_below_it(graph_node_id: str, name: str, value: object, affected: set[str]) -> None:
    assert changed(lambda graph: graph[graph_node_id]["inputs"].update({name: value})) == affected


def test_titles_and_the_order_of_inputs_do_not_count() -> None:
    assert changed(lambda graph: graph["3"].update({"_meta": {"title": "Sampler"}})) == set()
    assert changed(lambda graph: graph["3"].update(inputs=dict(reversed(graph["3"]["inputs"].items())))) == set()


def test_ids_do_not_count() -> None:
    graph: Graph = {
        "1": {"class_type": "CLIPLoader", "inputs": {"clip_name": "a", "type": "flux"}},
        "2": {"class_type": "CLIPLoader", "inputs": {"clip_name": "a", "type": "flux"}},
    }
    first, second = signed(graph).values()
    assert first == second is not None


def test_what_cannot_be_told_fresh_runs_every_time_with_all_below_it() -> None:
    def freshness(graph_node_id: str, _graph_node: object) -> object:
        if graph_node_id == "5":
            raise Uncacheable
        return None

    unsigned = {key for key, signature in signatures(txt2img(), freshness).items() if signature is None}
    assert unsigned == {"5", "3", "8", "9"}


def test_freshness_counts() -> None:
    first, second = (signatures(txt2img(), partial(told, day)) for day in ("monday", "tuesday"))
    assert all(first[graph_node_id] != second[graph_node_id] for graph_node_id in first)


def told(day: str, _id: str, _graph_node: object) -> str:
    return day


def test_dangling_and_circular_links_are_never_cached() -> None:
    graph: Graph = {
        "1": {"class_type": "A", "inputs": {"x": ["2", 0]}},
        "2": {"class_type": "A", "inputs": {"x": ["1", 0]}},
        "3": {"class_type": "A", "inputs": {"x": ["99", 0]}},
    }
    assert set(signed(graph).values()) == {None}


def test_a_graph_node_without_inputs_raises() -> None:
    with pytest.raises(KeyError):
        signed({"1": {"class_type": "A"}})


def test_the_cache_keeps_what_the_prompt_uses() -> None:
    cache = ResultCache()
    cache.put("kept", CachedResult((1,), None))
    cache.put("dropped", CachedResult((2,), None))
    cache.put(None, CachedResult((3,), None))
    cache.keep_only({"1": "kept", "2": None})

    assert len(cache) == 1
    assert cache.get("kept") == CachedResult((1,), None)
    assert cache.get("dropped") is None
    assert cache.get(None) is None
