"""While a person chooses, the next stage's checkpoint is loaded where it will be used, without delaying anybody."""

import gc
import logging
from pathlib import Path

import pytest

from tests.factories import make_session
from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.errors import InvalidDocument, InvalidRequest
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.pictures.graph import Graph
from vibes.domain.session import FlowType
from vibes.environment.shipped import shipped_folder
from vibes.ports.orders import Order
from vibes.services.sessions.flow_file import DEFAULT_PRESET, read_flows, stage_preset

FAST = NodeId("fast")
SDXL = "sd_xl_base_1.0.safetensors"


async def drafts_drawn(hub: Hub) -> None:
    session = await hub.sessions.create(FlowType.DRAFT_GRID, {})
    submission = await hub.generations.submit(request(session_id=session.id))
    await finished(hub, submission.batch.id)


async def warming(fleet: FakeFleet) -> AttemptId:
    """The prompt that loads SDXL on the node that can."""

    def sent() -> list[AttemptId]:
        return [each for each, graph in fleet["fast"].graphs.items() if SDXL in str(graph)]

    return (await eventually(sent, what="the next stage's checkpoint is being loaded"))[0]


async def test_the_next_stages_checkpoint_is_loaded_once_the_drafts_are_there(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, warm_up=True, warm_up_after=0), fleet) as hub:
        await drafts_drawn(hub)
        graph = fleet["fast"].graphs[await warming(fleet)]
        await eventually(lambda: hub.supervisor.get(FAST).resident_checkpoint == SDXL)
        generations = await hub.storage.generations.with_status(list(GenerationStatus))
    assert "SaveImage" not in str(graph), "it leaves nothing behind"
    assert {each["inputs"]["width"] for each in graph.values() if "width" in each["inputs"]} == {64}
    assert not any(SDXL in str(graph) for graph in fleet["slow"].graphs.values()), "that one could not use it"
    assert len(generations) == 1, "nobody asked for a picture"


async def test_a_node_that_warms_up_is_free_and_real_work_that_needs_something_else_stops_it(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, warm_up=True, warm_up_after=0), fleet) as hub:
        fleet["fast"].instant = False
        session = await hub.sessions.create(FlowType.DRAFT_GRID, {})
        hub.supervisor.drain(FAST)
        submission = await hub.generations.submit(request(session_id=session.id))
        hub.supervisor.resume(FAST)
        await finished(hub, submission.batch.id)
        prompt_id = await warming(fleet)
        await eventually(lambda: fleet["fast"].running == [prompt_id])
        view = hub.board.view(hub.supervisor.get(FAST))
        assert (view.free, view.foreign_queue_length) == (True, 0)
        real = await hub.generations.submit(request(preferred_node=FAST))
        await eventually(lambda: fleet["fast"].cancelled == [prompt_id], what="it makes way")
        [running] = await eventually(lambda: fleet["fast"].running)
        fleet["fast"].finish(running)
        assert [each.status for each in await finished(hub, real.batch.id)] == [GenerationStatus.COMPLETE]


async def test_nothing_is_warmed_up_when_it_is_turned_off(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, warm_up=False), fleet) as hub:
        await drafts_drawn(hub)
        await drafts_drawn(hub)
    assert not any(SDXL in str(graph) for graph in fleet["fast"].graphs.values())


async def test_an_order_that_cannot_be_filled_is_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fleet = FakeFleet()
    caplog.set_level(logging.INFO)
    async with open_hub(settings_for(tmp_path, warm_up=True, warm_up_after=0), fleet) as hub:

        def prepare(attempt_id: AttemptId, order: Order) -> Graph:
            if not order.kept:
                raise InvalidRequest("it starts from a picture")
            return fleet["fast"].graphs_for_it.prepare(attempt_id, order)

        monkeypatch.setattr(fleet["fast"], "prepare", prepare)
        await drafts_drawn(hub)
        await eventually(lambda: "fast was not warmed up: it starts from a picture" in caplog.text)
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_a_hub_that_ends_stops_what_it_was_warming_up(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, warm_up=True, warm_up_after=0), fleet) as hub:
        hub.supervisor.drain(FAST)
        session = await hub.sessions.create(FlowType.DRAFT_GRID, {})
        submission = await hub.generations.submit(request(session_id=session.id))
        fleet["fast"].instant = False
        hub.supervisor.resume(FAST)
        await finished(hub, submission.batch.id)
        prompt_id = await warming(fleet)
    assert fleet["fast"].cancelled == [prompt_id]


def test_the_shipped_presets_are_the_funnel_and_a_session_may_wish_otherwise() -> None:
    flows = read_flows(shipped_folder("config") / "flows.yaml")
    assert [stage.count for stage in flows[DEFAULT_PRESET].stages] == [20, 8, 3, 1]
    session = make_session(config={"stages": {"1": {"model_family": "flux", "count": 5}}})
    wished = stage_preset(flows, session, 1)
    assert wished is not None
    assert (wished.model_family, wished.count, wished.width) == ("flux", 5, 1024)
    nonsense = make_session(config={"preset": "classic", "stages": {"1": {"count": "many"}}})
    assert stage_preset(flows, nonsense, 1) == flows[DEFAULT_PRESET].stages[1]
    assert stage_preset(flows, session, 4) is None


def test_a_flows_yaml_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match=r"none\.yaml.*cannot be read"):
        read_flows(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("was", "becomes", "line", "sentence"),
    [
        ("count: 20", "count: none", 8, "count: input should be a valid integer"),
        ("name: refined", "name: refine", 9, "stage 1 is called 'refined'"),
        ("steps: 35", "stepps: 35", 10, "stepps: extra inputs are not permitted"),
        ("  classic:", "  classical:", 1, "there must be a preset 'classic'"),
    ],
)
def test_a_mistake_in_flows_yaml_is_told_with_its_line(
    tmp_path: Path, was: str, becomes: str, line: int, sentence: str
) -> None:
    path = tmp_path / "flows.yaml"
    shipped = (shipped_folder("config") / "flows.yaml").read_text()
    path.write_text(shipped.replace(was, becomes, 1))
    with pytest.raises(InvalidDocument) as refusal:
        read_flows(path)
    assert any(problem.line == line and sentence in problem.message for problem in refusal.value.problems)
