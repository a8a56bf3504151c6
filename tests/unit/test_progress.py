"""How far a generation is shown to be."""

from vibes.domain.ids import AttemptId, GenerationId
from vibes.domain.nodes.events import AttemptProgress, GraphNodeStarted
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.services.events.progress import Progress, ProgressTracker

FIRST, SECOND, PICTURE = AttemptId("first"), AttemptId("second"), GenerationId("picture")

GRAPH: Graph = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
    "2": {"class_type": "LoraLoader", "inputs": {"model": ["1", 0], "lora_name": "ink.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lighthouse"}},
    "3": {"class_type": "KSampler", "inputs": {"model": ["2", 0], "positive": ["6", 0], "steps": 20}},
}
OUTLINE = GraphsForNode().outline(GRAPH)


def at(attempt_id: AttemptId, value: float) -> AttemptProgress:
    return AttemptProgress(attempt_id, "3", value, 20)


def test_a_second_attempt_is_shown_only_once_it_is_further_than_the_first() -> None:
    tracker = ProgressTracker()
    assert tracker.start(FIRST, PICTURE, OUTLINE) == Progress(0, 20)
    assert tracker.advance(at(FIRST, 12)) == Progress(12, 20)
    assert tracker.start(SECOND, PICTURE, OUTLINE) == Progress(12, 20)
    assert tracker.advance(at(SECOND, 5)) is None
    assert tracker.advance(at(SECOND, 13)) == Progress(13, 20)
    tracker.forget(FIRST)
    assert tracker.advance(at(SECOND, 20)) == Progress(19, 20), "only the picture is the end"


def test_after_a_loss_it_starts_again_from_nothing() -> None:
    tracker = ProgressTracker()
    tracker.start(FIRST, PICTURE, OUTLINE)
    tracker.advance(at(FIRST, 12))
    tracker.forget(FIRST)
    assert tracker.start(SECOND, PICTURE, OUTLINE) == Progress(0, 20)
    assert tracker.advance(at(SECOND, 1)) == Progress(1, 20)


def works_on(graph_node_id: str, attempt_id: AttemptId = FIRST) -> GraphNodeStarted:
    return GraphNodeStarted(attempt_id, graph_node_id)


def test_each_file_that_is_read_is_named_and_the_model_until_the_first_step_is_done() -> None:
    tracker = ProgressTracker()
    tracker.start(FIRST, PICTURE, OUTLINE)
    assert tracker.advance(works_on("1")) == Progress(0, 20, "sdxl.safetensors")
    assert tracker.loading_of(PICTURE) == "sdxl.safetensors"
    assert tracker.advance(works_on("2")) == Progress(0, 20, "ink.safetensors")
    assert tracker.advance(works_on("6")) == Progress(0, 20, "sdxl.safetensors"), "moved to the card piece by piece"
    assert tracker.advance(works_on("3")) is None
    assert tracker.advance(at(FIRST, 0)) is None
    assert tracker.advance(at(FIRST, 1)) == Progress(1, 20)
    assert tracker.loading_of(PICTURE) is None


def test_a_run_that_finds_its_model_loaded_never_says_that_it_loads() -> None:
    tracker = ProgressTracker()
    tracker.start(FIRST, PICTURE, OUTLINE)
    assert tracker.advance(works_on("6")) is None
    assert tracker.advance(works_on("3")) is None
    assert tracker.loading(FIRST) is None


def test_a_second_attempt_that_loads_does_not_hide_how_far_the_first_one_is() -> None:
    tracker = ProgressTracker()
    tracker.start(FIRST, PICTURE, OUTLINE)
    tracker.advance(at(FIRST, 12))
    tracker.start(SECOND, PICTURE, OUTLINE)
    assert tracker.advance(works_on("1", SECOND)) is None
    assert tracker.loading_of(PICTURE) is None
    assert tracker.loading(SECOND) == "sdxl.safetensors"
