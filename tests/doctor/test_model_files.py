"""What the doctor says of model files: which is missing on which node, where it belongs, what stands in."""

from dataclasses import replace
from typing import Any

from tests.doctor.facts import codes, config
from tests.unit.fleet import INVENTORY
from tests.unit.workflow_sources import shipped_library
from vibes.domain.doctor.finding import Finding, State
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.pictures.spec import TaskType
from vibes.environment.shipped import shipped_folder
from vibes.services.doctor.model_files import NodeFiles, judge_files, wanted_of
from vibes.services.sessions.flow_file import FlowPreset, StagePreset, read_flows
from vibes.workflows.models.model_choice import Knowledge

LIBRARY = shipped_library()
PRESETS = read_flows(shipped_folder("config") / "flows.yaml")
SD15, SDXL = "v1-5-pruned-emaonly.safetensors", "sd_xl_base_1.0.safetensors"


def has(node_id: str, *checkpoints: str, given: tuple[str, ...] = ("sd15", "sdxl"), **more: Any) -> NodeFiles:
    inventory = replace(INVENTORY, files={ModelFolder.CHECKPOINTS: frozenset(checkpoints)})
    return NodeFiles(config(node_id, capabilities=frozenset(given)), replace(inventory, **more))


def judged(*nodes: NodeFiles, known: Knowledge | None = None) -> list[Finding]:
    given = Knowledge(given={each.config.id: each.config.capabilities for each in nodes})
    return list(judge_files(wanted_of(PRESETS), nodes, LIBRARY, known or given))


def test_presets_want_each_family_once_and_the_default_preset_counts_more() -> None:
    wanted = {each.family: each for each in wanted_of(PRESETS)}
    assert wanted["sd15"].by_default
    assert wanted["sdxl"].by_default
    assert not wanted["z-image"].by_default


def test_a_fleet_that_has_what_the_presets_draw_with_is_well() -> None:
    found = judged(has("attic", SD15, SDXL))
    assert {each.state for each in found} == {State.OK}
    assert found[-1].sentence == "what the presets draw with is there: sd15 on attic; sdxl on attic."
    assert "z-image" in next(each for each in found if each.code == "family_not_given").sentence


def test_a_missing_file_is_told_with_node_folder_and_who_draws_meanwhile() -> None:
    found = judged(has("attic", SD15, SDXL), has("cellar", SD15))
    [missing] = [each for each in found if each.code == "file_missing"]
    assert (missing.subject, missing.state) == ("cellar", State.WARN)
    assert SDXL in missing.sentence
    assert "models/checkpoints there" in missing.sentence
    assert "until then attic draws all of sdxl" in missing.sentence


def test_where_no_node_has_a_family_the_hub_draws_with_another() -> None:
    [missing] = [each for each in judged(has("attic", SD15)) if each.code == "file_missing"]
    assert missing.state is State.WARN
    assert missing.sentence.endswith("until then the hub draws with sd15 instead.")


def test_a_comfyui_without_any_checkpoint_is_wrong() -> None:
    found = judged(has("attic"))
    assert codes(found)[:2] == ["file_missing", "file_missing"]
    assert {each.state for each in found if each.code == "file_missing"} == {State.WRONG}
    assert SD15 in found[0].sentence


def test_another_file_of_the_family_stands_in_and_is_named() -> None:
    found = judged(has("attic", "dreamshaper_8_sd15.safetensors", SDXL))
    [instead] = [each for each in found if each.code == "file_stands_in"]
    assert (instead.subject, instead.state) == ("sd15", State.OK)
    assert f"dreamshaper_8_sd15.safetensors for {SD15} on attic" in instead.sentence
    assert "file_missing" not in codes(found)


def test_a_file_whose_name_tells_nothing_is_asked_about() -> None:
    [unsure, *_] = judged(has("attic", "my_merge_v3.safetensors"))
    assert unsure.code == "file_missing"
    assert "my_merge_v3.safetensors is of sd15" in unsure.sentence
    assert "Change" in unsure.sentence


def test_what_a_node_is_not_given_is_not_missed_there() -> None:
    found = judged(has("attic", SD15, SDXL), has("cellar", SD15, given=("sd15",)))
    assert "file_missing" not in codes(found)


def test_the_default_preset_without_any_node_for_it_is_told() -> None:
    found = judged(has("attic", SD15, given=("sd15",)))
    told = {each.subject: each.state for each in found if each.code == "family_not_given"}
    assert told == {"sdxl": State.WARN, "z-image": State.OK}


def test_graph_nodes_that_are_missing_are_told_as_that() -> None:
    bare = has("attic", SD15, SDXL, graph_node_classes=INVENTORY.graph_node_classes - {"KSampler"})
    assert "KSampler" in next(each.sentence for each in judged(bare) if each.code == "file_missing")


def test_nothing_is_said_of_nodes_that_have_not_told_yet() -> None:
    assert codes(judged(NodeFiles(config(), None))) == ["files_unknown"]
    assert "file_missing" not in codes(judged(has("attic", SD15, SDXL), NodeFiles(config("new"), None)))


def test_a_preset_of_a_family_that_no_workflow_knows_is_left_to_the_check_of_that_file() -> None:
    stage = StagePreset(
        name="drafts", count=1, model_family="unheard", task_type=TaskType.DRAFT, width=64, height=64, steps=1
    )
    preset = FlowPreset(description="", stages=[stage.model_copy(update={"name": each}) for each in STAGE_NAMES])
    assert list(judge_files(wanted_of({"own": preset}), [has("attic", SD15)], LIBRARY, Knowledge())) == []


STAGE_NAMES = [each.name for each in PRESETS["classic"].stages]
