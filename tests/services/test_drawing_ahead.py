"""Neighbours are drawn ahead on nodes that nobody else wants, and give way to whoever asks for anything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeFleet, FakeNode
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from tests.unit.fleet import CHECKPOINT, node, work
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.errors import NotFound
from vibes.domain.exploration.ahead import AheadWait
from vibes.domain.exploration.neighbours import Direction
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.nodes.node import NodeState
from vibes.domain.priority import Priority
from vibes.domain.prompting.style import StyleKind
from vibes.domain.reason import Reason
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.snapshot import NodeView, Work
from vibes.services.exploration import drawing_ahead, idle_nodes
from vibes.services.exploration.drawing_ahead import AheadPictures, AheadRequest, AheadState
from vibes.services.exploration.idle_nodes import Wanted, why_waiting
from vibes.services.exploration.variations import VariationsRequest
from vibes.services.prompting.styles import StyleContent

ONE_NODE = FLEET.replace("id: slow", "id: slow, enabled: false")


class Story:
    """A hub with one node, a picture, and what is drawn ahead beside it."""

    def __init__(self, hub: Hub, node: FakeNode, centre: Generation) -> None:
        self.hub, self.node, self.centre = hub, node, centre

    async def begin(self, *directions: Direction, budget: int = 4, styles: tuple[str, ...] = ()) -> AheadState:
        return await self.hub.ahead.begin(
            AheadRequest(
                session_id=self.centre.session_id,
                generation_id=self.centre.id,
                directions=directions or (Direction.SEED,),
                budget=budget,
                styles=styles,
            )
        )

    def state(self) -> AheadState:
        return self.hub.ahead.state(self.centre.session_id)

    async def running(self) -> GenerationId:
        await eventually(lambda: self.node.running and self.state().running, what="one is drawn ahead")
        return self.state().running[0]

    async def status(self, generation_id: GenerationId) -> GenerationStatus:
        return (await self.hub.generations.get(generation_id)).status


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, fleet=ONE_NODE), fleet) as hub:
        [centre] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        fleet["fast"].instant = False
        yield Story(hub, fleet["fast"], centre)


async def test_idle_nodes_draw_up_to_the_budget_one_after_another(story: Story) -> None:
    assert (await story.begin(Direction.SEED, Direction.GUIDANCE, budget=3)).waiting == 3
    for _ in range(3):
        await story.running()
        story.node.finish(story.node.running[0])
        await eventually(lambda: not story.node.running or len(story.state().begun) == 3)
    await eventually(lambda: not story.state().running and len(story.state().begun) == 3, what="all are drawn")
    pictures = [await story.hub.generations.get(each) for each in story.state().begun]
    assert [next(iter(each.varied)) for each in pictures] == ["seed", "cfg_scale", "seed"]
    assert {each.parent_id for each in pictures} == {story.centre.id}
    batches = [await story.hub.generations.batch(each.batch_id) for each in pictures]
    assert {(each.priority, each.max_cost) for each in batches} == {(Priority.BULK, 0)}
    assert story.state().waiting == 0


async def test_what_is_drawn_ahead_has_the_styles_that_are_chosen(story: Story) -> None:
    await story.hub.styles.create(
        StyleContent(
            name="Ink",
            kind=StyleKind.STYLE,
            text="ink on paper",
            negative_prompt="",
            loras=(),
            checkpoint=None,
            thumbnail=None,
        ),
        None,
    )
    await story.begin(styles=("ink",))
    ahead = await story.hub.generations.get(await story.running())
    assert ahead.spec.prompt == f"{story.centre.spec.prompt}, ink on paper"


async def test_what_is_drawn_ahead_gives_way_to_anybody_and_is_tried_again_later(story: Story) -> None:
    await story.begin()
    ahead = await story.running()
    other = await story.hub.generations.submit(request(seed=99))
    await eventually(lambda: len(story.node.cancelled) == 1, what="the node was told to stop")
    wanted = other.generations[0].id

    async def is_drawn() -> bool:
        return await story.status(wanted) is GenerationStatus.GENERATING

    await eventually(is_drawn, what="the other picture is drawn")
    assert await story.status(ahead) is GenerationStatus.CANCELLED
    assert story.state().running == ()
    story.node.finish(story.node.running[0])
    await finished(story.hub, other.batch.id)
    assert await story.running() == ahead
    assert len(story.state().begun) == 1, "it counts once"


async def test_one_call_stops_all_of_it_and_keeps_what_is_finished(story: Story) -> None:
    await story.begin()
    first = await story.running()
    story.node.finish(story.node.running[0])
    await eventually(lambda: len(story.state().begun) == 2 and story.state().running, what="the second one is drawn")
    second = story.state().running[0]
    assert not (await story.hub.ahead.stop(story.centre.session_id)).active
    assert await story.status(first) is GenerationStatus.COMPLETE
    assert await story.status(second) is GenerationStatus.CANCELLED
    assert not story.state().active


async def test_one_that_is_begun_again_just_as_all_of_it_is_stopped_is_not_drawn(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.begin(budget=1)
    ahead = await story.running()
    other = await story.hub.generations.submit(request(seed=99))
    await eventually(lambda: len(story.node.cancelled) == 1, what="it gave way")
    retry = story.hub.generations.retry
    again: list[GenerationId] = []

    async def stopped_meanwhile(generation_id: GenerationId) -> Generation:
        await story.hub.ahead.stop(story.centre.session_id)
        picture = await retry(generation_id)
        again.append(generation_id)
        return picture

    monkeypatch.setattr(story.hub.generations, "retry", stopped_meanwhile)
    await eventually(lambda: bool(story.node.running))
    story.node.finish(story.node.running[0])
    await finished(story.hub, other.batch.id)

    async def is_cancelled() -> bool:
        return again == [ahead] and await story.status(ahead) is GenerationStatus.CANCELLED

    await eventually(is_cancelled, what="nobody waits for it, so it is cancelled")


async def test_a_chosen_one_gives_way_to_nothing_any_more(story: Story) -> None:
    await story.begin()
    chosen = await story.running()
    assert (await story.hub.ahead.promote(chosen)).status is GenerationStatus.GENERATING
    other = await story.hub.generations.submit(request(seed=99))
    story.node.finish(story.node.running[0])
    await finished(story.hub, (await story.hub.generations.get(chosen)).batch_id)
    assert await story.status(chosen) is GenerationStatus.COMPLETE
    assert story.node.cancelled == []
    await eventually(lambda: bool(story.node.running))
    story.node.finish(story.node.running[0])
    await finished(story.hub, other.batch.id)


async def test_one_that_is_chosen_just_as_it_gives_way_is_begun_again_after_it_has(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.begin(budget=1)
    chosen = await story.running()
    cancel, retry = story.hub.generations.cancel_these, story.hub.generations.retry
    order: list[str] = []
    promoting: list[asyncio.Task[Generation]] = []

    async def chosen_meanwhile(generations: Sequence[Generation]) -> None:
        if not generations:
            return
        promoting.append(asyncio.create_task(story.hub.ahead.promote(chosen)))
        await asyncio.sleep(0)  # it begins
        await cancel(generations)
        order.append("gave way")

    async def noted(generation_id: GenerationId) -> Generation:
        order.append("begun again")
        return await retry(generation_id)

    monkeypatch.setattr(story.hub.generations, "cancel_these", chosen_meanwhile)
    monkeypatch.setattr(story.hub.generations, "retry", noted)
    await story.hub.generations.submit(request(seed=99))
    await eventually(lambda: bool(promoting) and promoting[0].done(), what="it is a person's own")
    assert order == ["gave way", "begun again"]
    assert (await promoting[0]).id == chosen
    assert await story.status(chosen) in {GenerationStatus.QUEUED, GenerationStatus.GENERATING}


async def test_a_chosen_one_that_gave_way_goes_before_whatever_waits(story: Story) -> None:
    await story.begin(budget=1)
    chosen = await story.running()
    others = await story.hub.generations.submit(request(seed=99, count=3))
    await eventually(lambda: len(story.node.cancelled) == 1 and story.node.running, what="it gave way")
    await story.hub.ahead.promote(chosen)
    story.node.finish(story.node.running[0])

    async def is_next() -> bool:
        return await story.status(chosen) is GenerationStatus.GENERATING

    await eventually(is_next, what="it is next")
    await story.hub.generations.cancel_batch(others.batch.id)


async def test_it_ends_when_the_page_is_closed_for_a_while(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    listener, _ = story.hub.live.subscribe(story.centre.session_id, None)
    monkeypatch.setattr(drawing_ahead, "CLOSED_SECONDS", 0.0)
    monkeypatch.setattr(drawing_ahead, "LOOK_SECONDS", 0.02)
    await story.begin()
    ahead = await story.running()
    story.hub.live.unsubscribe(story.centre.session_id, listener)

    async def is_cancelled() -> bool:
        return await story.status(ahead) is GenerationStatus.CANCELLED

    await eventually(is_cancelled, what="what was drawn ahead is stopped")
    assert not story.state().active


async def test_nothing_is_drawn_ahead_where_its_model_is_not_loaded(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, fleet=ONE_NODE), fleet) as hub:
        [centre] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        await finished(hub, (await hub.generations.submit(request(model_family="sdxl"))).batch.id)
        story = Story(hub, fleet["fast"], centre)
        await story.begin()
        await finished(hub, (await hub.generations.submit(request(model_family="sdxl", seed=8))).batch.id)
        assert story.state().begun == ()
        await finished(hub, (await hub.generations.submit(request(seed=9))).batch.id)
        await eventually(lambda: len(story.state().begun) == 4, what="they are drawn once it is loaded")


def some(story: Story, topic: str, *values: str) -> AheadPictures:
    base = replace(request(), session_id=story.centre.session_id)
    pictures = VariationsRequest(base, [{"wording": each} for each in values])
    return AheadPictures(session_id=story.centre.session_id, topic=topic, pictures=pictures)


async def test_any_pictures_are_drawn_ahead_and_each_topic_ends_by_itself(story: Story) -> None:
    await story.hub.ahead.begin_pictures(some(story, "mood", "calm", "wild"))
    await story.hub.ahead.begin_pictures(some(story, "light", "dusk", "noon"))
    session = story.centre.session_id

    def of(topic: str) -> AheadState:
        return story.hub.ahead.state(session, topic)

    await eventually(lambda: story.node.running and of("mood").running, what="the first is drawn")
    assert (of("light").waiting, of("light").waits_for) == (2, AheadWait.BUSY)
    story.node.finish(story.node.running[0])
    await eventually(lambda: story.node.running and of("light").running, what="each topic has its turn")
    [first] = of("mood").begun
    assert (await story.hub.generations.get(first)).varied == {"wording": "calm"}
    batch = await story.hub.generations.batch((await story.hub.generations.get(first)).batch_id)
    assert (batch.priority, batch.max_cost, batch.total) == (Priority.BULK, 0, 1)
    assert not (await story.hub.ahead.stop(session, "light")).active
    await eventually(lambda: story.node.running and of("mood").running, what="the other topic goes on")
    await story.hub.ahead.begin_pictures(some(story, "mood", "tense"))
    assert (of("mood").budget, of("mood").begun) == (1, ()), "instead of what was drawn for it before"
    await story.hub.ahead.stop(session)
    assert not of("mood").active


async def test_it_says_why_nothing_is_drawn(story: Story) -> None:
    session = story.centre.session_id

    def why() -> AheadWait | None:
        return story.hub.ahead.state(session, "mood").waits_for

    other = await story.hub.generations.submit(request(seed=99, count=2))
    await eventually(lambda: bool(story.node.running), what="somebody's picture is drawn")
    await story.hub.ahead.begin_pictures(some(story, "mood", "calm", "wild"))
    assert why() is AheadWait.PICTURES
    await story.hub.queue.pause()
    assert why() is AheadWait.PAUSED
    await story.hub.queue.resume()
    await story.hub.generations.cancel_batch(other.batch.id)
    await eventually(lambda: len(story.hub.ahead.state(session, "mood").begun) == 1, what="one is drawn")
    story.hub.supervisor.drain(NodeId("fast"))
    await eventually(lambda: why() is AheadWait.NO_NODE, what="nobody is there")


def test_a_picture_waits_for_a_node_that_is_able_idle_and_has_its_model_loaded() -> None:
    wanted = [Wanted(request(), work("g1"))]
    able, other = node("able"), node("other", capabilities=frozenset({"flux"}), resident_checkpoint=None)
    assert why_waiting(wanted, [other]) is AheadWait.NO_NODE
    assert why_waiting(wanted, [replace(able, charges=True), other]) is AheadWait.NO_NODE
    assert why_waiting(wanted, [replace(able, state=NodeState.OFFLINE), other]) is AheadWait.NO_NODE
    assert why_waiting(wanted, [replace(able, foreign_queue_length=1), other]) is AheadWait.BUSY
    assert why_waiting(wanted, [replace(able, resident_checkpoint="another.safetensors")]) is AheadWait.MODEL
    for resident in (None, CHECKPOINT):
        assert why_waiting(wanted, [other, replace(able, resident_checkpoint=resident)]) is None


def test_of_many_pictures_that_need_the_same_each_node_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(node: NodeView, work: Work) -> Reason | None:
        asked.append(work.generation_id)
        return never_reason(node, work)

    monkeypatch.setattr(idle_nodes, "never_reason", counted)
    wanted = [Wanted(request(seed=seed), work(f"g{seed}")) for seed in range(200)]
    nodes = [node(f"n{index}", capabilities=frozenset({"flux"})) for index in range(50)]
    assert why_waiting(wanted, nodes) is AheadWait.NO_NODE
    assert len(asked) == len(nodes)
    other = Wanted(request(), work("one", spec=replace(work("g").spec, checkpoint="another.safetensors")))
    assert why_waiting([*wanted, other], [node("able", resident_checkpoint="another.safetensors")]) is None


async def test_there_must_be_a_picture(story: Story) -> None:
    with pytest.raises(NotFound):
        await story.hub.ahead.begin(
            AheadRequest(
                session_id=story.centre.session_id,
                generation_id=GenerationId("x"),
                directions=(Direction.SEED,),
                budget=1,
            )
        )
    with pytest.raises(NotFound):
        await story.hub.ahead.promote(GenerationId("x"))
    assert (await story.hub.ahead.promote(story.centre.id)).id == story.centre.id
