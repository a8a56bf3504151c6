"""One numbered stream a session, in which a slow listener is told to start again rather than make others wait."""

from tests.fakes import FakeClock
from tests.waiting import deadline
from vibes.domain.events import NodeChanged, Preview, StageChanged
from vibes.domain.ids import GenerationId, NodeId, SessionId
from vibes.domain.nodes.node import NodeState
from vibes.domain.reason import Reason, ReasonCode
from vibes.services.events.live_events import (
    MAX_BACKLOG,
    MAX_QUIET_CHANNELS,
    RING_SIZE,
    LiveEvents,
    NumberedEvent,
    Resync,
)

SESSION = SessionId("s")


def stage(number: int, session_id: SessionId = SESSION) -> StageChanged:
    return StageChanged(session_id=session_id, stage=number)


async def test_events_arrive_in_order_without_a_gap() -> None:
    live = LiveEvents(FakeClock())
    listener, resumed = live.subscribe(SESSION, None)
    assert not resumed
    first = live.seq(SESSION)
    for number in range(3):
        live.publish(stage(number))
    async with deadline():
        received = [await listener.next() for _ in range(3)]
    assert received == [NumberedEvent(first + 1 + number, stage(number)) for number in range(3)]


async def test_a_resume_gets_exactly_what_was_missed() -> None:
    live = LiveEvents(FakeClock())
    live.publish(stage(0))
    since = live.seq(SESSION)
    live.publish(stage(1))
    live.publish(stage(2))
    listener, resumed = live.subscribe(SESSION, since)
    assert resumed
    live.publish(stage(3))
    async with deadline():
        received = [await listener.next() for _ in range(3)]
    assert [item.event for item in received if isinstance(item, NumberedEvent)] == [stage(1), stage(2), stage(3)]


async def test_a_number_that_is_too_old_or_from_another_hub_process_means_a_snapshot() -> None:
    clock = FakeClock()
    live = LiveEvents(clock)
    before = live.seq(SESSION)
    for number in range(RING_SIZE + 1):
        live.publish(stage(number))
    assert live.subscribe(SESSION, before)[1] is False
    assert live.subscribe(SESSION, before + 1)[1] is True
    clock.advance(60)
    restarted = LiveEvents(clock)
    assert restarted.subscribe(SESSION, live.seq(SESSION))[1] is False


async def test_of_each_generation_only_the_newest_preview_waits_and_events_go_first() -> None:
    live = LiveEvents(FakeClock())
    listener, _ = live.subscribe(SESSION, None)
    for image in (b"1", b"2", b"3"):
        live.publish_preview(SESSION, Preview(GenerationId("a"), "image/jpeg", image))
    live.publish_preview(SESSION, Preview(GenerationId("b"), "image/jpeg", b"x"))
    live.publish(stage(1))
    async with deadline():
        event, *previews = [await listener.next() for _ in range(3)]
    assert isinstance(event, NumberedEvent)
    assert [preview.image for preview in previews if isinstance(preview, Preview)] == [b"3", b"x"]


async def test_a_listener_that_falls_too_far_behind_starts_again_from_a_snapshot() -> None:
    live = LiveEvents(FakeClock())
    listener, _ = live.subscribe(SESSION, None)
    for number in range(MAX_BACKLOG + 50):
        live.publish(stage(number))
    async with deadline():
        assert isinstance(await listener.next(), Resync)
        live.publish(stage(9))
        following = await listener.next()
    assert isinstance(following, NumberedEvent)
    assert following.event == stage(9)


async def test_a_node_event_reaches_every_session_and_nobody_after_leaving() -> None:
    live = LiveEvents(FakeClock())
    one, _ = live.subscribe(SESSION, None)
    two, _ = live.subscribe(SessionId("t"), None)
    live.unsubscribe(SessionId("t"), two)
    offline = NodeChanged(node_id=NodeId("n"), state=NodeState.OFFLINE, reason=Reason(ReasonCode.UNREACHABLE, "cable"))
    live.publish_to_all(offline)
    async with deadline():
        received = await one.next()
    assert isinstance(received, NumberedEvent)
    assert received.event == offline
    assert not two._events


def test_channels_that_nobody_listens_to_do_not_pile_up() -> None:
    live = LiveEvents(FakeClock())
    live.subscribe(SESSION, None)
    for number in range(3 * MAX_QUIET_CHANNELS):
        live.publish(stage(0, SessionId(str(number))))
    assert len(live._channels) <= MAX_QUIET_CHANNELS + 2
    assert SESSION in live._channels
