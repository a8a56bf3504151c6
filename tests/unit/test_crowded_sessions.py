"""A thousand browsers on one session: each event is encoded once, and whoever else asks is not kept waiting."""

import asyncio

from tests.fakes import FakeClock
from vibes.api.http.once import MOST, Once
from vibes.domain.events import Preview, StageChanged
from vibes.domain.ids import GenerationId, SessionId
from vibes.services.events.live_events import MESSAGES_IN_A_TURN, WOKEN_AT_ONCE, Listener, LiveEvents

SESSION = SessionId("s")
CROWD = 1000
EVENTS = 20


async def test_a_crowd_is_told_a_few_at_a_time_and_everybody_hears_everything_in_order() -> None:
    live = LiveEvents(FakeClock())
    told = 0

    async def listen(listener: Listener) -> list[int]:
        nonlocal told
        heard: list[int] = []
        while len(heard) < EVENTS:
            event = await listener.next()
            heard.append(event.seq)  # type: ignore[union-attr]  # nothing else is published
            told += 1
        return heard

    listening = [asyncio.create_task(listen(live.subscribe(SESSION, None)[0])) for _ in range(CROWD)]
    await asyncio.sleep(0)
    first = live.seq(SESSION)
    for number in range(EVENTS):
        live.publish(StageChanged(session_id=SESSION, stage=number % 4))
    most = turns = 0
    while not all(task.done() for task in listening):
        before = told
        await asyncio.sleep(0)
        most, turns = max(most, told - before), turns + 1
    assert most <= WOKEN_AT_ONCE * MESSAGES_IN_A_TURN, "between two turns of anybody else"
    assert turns >= CROWD * EVENTS // (WOKEN_AT_ONCE * MESSAGES_IN_A_TURN)
    assert {tuple(task.result()) for task in listening} == {tuple(range(first + 1, first + EVENTS + 1))}


async def test_a_few_listeners_hear_at_once() -> None:
    live = LiveEvents(FakeClock())
    listeners = [live.subscribe(SESSION, None)[0] for _ in range(WOKEN_AT_ONCE)]
    hearing = [asyncio.create_task(listener.next()) for listener in listeners]
    await asyncio.sleep(0)
    live.publish_preview(SESSION, Preview(generation_id=GenerationId("g"), media_type="image/png", image=b"x"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert all(task.done() for task in hearing)


def test_what_a_crowd_hears_is_made_once_and_not_kept_for_ever() -> None:
    made: list[object] = []

    def make(thing: object) -> str:
        made.append(thing)
        return str(thing)

    once = Once(make)
    things = [[number] for number in range(MOST + 10)]
    for thing in things:
        assert {once(thing) for _ in range(CROWD)} == {str(thing)}
    assert len(made) == len(things)
    assert len(once._made) == MOST
    assert once([0]) == "[0]", "an equal object is another one"
    assert len(made) == len(things) + 1
