"""How far a generation is shown to be."""

from vibes.domain.ids import AttemptId, GenerationId
from vibes.domain.node_events import AttemptProgress
from vibes.services.progress import Progress, ProgressTracker

FIRST, TWIN, PICTURE = AttemptId("first"), AttemptId("twin"), GenerationId("picture")


def at(attempt_id: AttemptId, value: float) -> AttemptProgress:
    return AttemptProgress(attempt_id, "3", value, 20)


def test_a_second_attempt_is_shown_only_once_it_is_further_than_the_first() -> None:
    tracker = ProgressTracker()
    assert tracker.start(FIRST, PICTURE, {"3": 20}) == Progress(0, 20)
    assert tracker.advance(at(FIRST, 12)) == Progress(12, 20)
    assert tracker.start(TWIN, PICTURE, {"3": 20}) == Progress(12, 20)
    assert tracker.advance(at(TWIN, 5)) is None
    assert tracker.advance(at(TWIN, 13)) == Progress(13, 20)
    tracker.forget(FIRST)
    assert tracker.advance(at(TWIN, 20)) == Progress(19, 20), "only the picture is the end"


def test_after_a_loss_it_starts_again_from_nothing() -> None:
    tracker = ProgressTracker()
    tracker.start(FIRST, PICTURE, {"3": 20})
    tracker.advance(at(FIRST, 12))
    tracker.forget(FIRST)
    assert tracker.start(TWIN, PICTURE, {"3": 20}) == Progress(0, 20)
    assert tracker.advance(at(TWIN, 1)) == Progress(1, 20)
