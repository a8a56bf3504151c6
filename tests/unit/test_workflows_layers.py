"""Folders of workflows laid over one another, and what stays in force when a file breaks."""

from textwrap import dedent

import pytest

from tests.unit.workflow_sources import SMALL_BASE, SMALL_TEMPLATE, object_info, shipped_sources
from vibes.domain.pictures.spec import Operation
from vibes.workflows.library.layers import Layer, read_layers
from vibes.workflows.library.library import Library, library_of
from vibes.workflows.library.succession import succeed
from vibes.workflows.meaning.core_classes import core_schema

SHIPPED = Layer(
    "ships",
    {
        "manifests/base.yaml": dedent(SMALL_BASE),
        "manifests/workflows.yaml": "small: {}\nother: {file: small.json}",
        "workflows/small.json": SMALL_TEMPLATE,
    },
)
EMPTY = Library({}, ())


def own(**files: str) -> Layer:
    """A person's folder; ``a`` is manifests/a.yaml, ``a_json`` workflows/a.json."""
    return Layer(
        "own",
        {
            f"workflows/{name.removesuffix('_json')}.json" if name.endswith("_json") else f"manifests/{name}.yaml": text
            for name, text in files.items()
        },
    )


def changed(layer: Layer, **files: str | None) -> Layer:
    """The layer with files written anew, or deleted where the text is None."""
    written = own(**{name: text for name, text in files.items() if text is not None}).files
    gone = own(**{name: "" for name, text in files.items() if text is None}).files
    both = {**layer.files, **written}
    return Layer(layer.folder, {path: text for path, text in both.items() if path not in gone}, layer.unreadable)


def problems_of(*layers: Layer) -> list[str]:
    return [str(problem) for problem in library_of(read_layers(layers)).problems]


def test_a_persons_folder_adds_workflows_that_use_what_ships() -> None:
    reading = read_layers([SHIPPED, own(a="mine: {file: small.json, default_params: {steps: 5}}")])
    assert reading.problems == []
    assert list(reading.workflows) == ["small", "other", "mine"]
    assert reading.workflows["mine"].parameters["steps"].default == 5
    assert reading.origins["mine"].manifest == "own/manifests/a.yaml"
    assert reading.origins["mine"].template == "ships/workflows/small.json"


def test_a_persons_own_parameters_and_templates_come_first_for_their_workflows_only() -> None:
    template = SMALL_TEMPLATE.replace("Encode", "CLIPTextEncode").replace('"{{steps}}"', '"{{steps}}", "x": "{{mood}}"')
    folder = own(
        base="mood: {type: string, default: calm}\nsteps: {type: integer, default: 9}",
        a="mine: {file: small.json}",
        small_json=template,
    )
    reading = read_layers([SHIPPED, folder])
    assert reading.problems == []
    assert list(reading.workflows["mine"].parameters) == ["prompt", "seed", "steps", "mood"]
    assert reading.workflows["mine"].parameters["steps"].default == 9
    assert reading.workflows["small"].parameters["steps"].default == 20
    assert "x" not in reading.workflows["small"].template["2"]["inputs"]


def test_an_entry_defines_a_parameter_of_its_own_by_giving_its_type() -> None:
    template = SMALL_TEMPLATE.replace('"{{steps}}"', '"{{steps}}", "x": "{{mood}}", "y": 3')
    entry = "mine: {overrides: {mood: {type: string, default: calm}, force: {type: integer, bind: 2.inputs.y}}}"
    reading = read_layers([SHIPPED, own(a=entry, mine_json=template)])
    assert reading.problems == []
    assert list(reading.workflows["mine"].parameters) == ["prompt", "seed", "steps", "force", "mood"]
    wrong = own(a="mine: {overrides: {mood: {type: strin}}}", mine_json=template)
    assert problems_of(SHIPPED, wrong) == ["own/manifests/a.yaml:1:27: unknown type 'strin'; did you mean string?"]


def test_a_workflow_of_the_same_name_is_replaced_in_its_place() -> None:
    reading = read_layers([SHIPPED, own(a="small: {description: mine}")])
    assert reading.problems == []
    assert list(reading.workflows) == ["small", "other"]
    assert reading.workflows["small"].description == "mine"
    assert reading.replaced["small"].manifest == "ships/manifests/workflows.yaml"


def test_who_adds_a_workflow_changes_no_defaults_and_who_replaces_one_does() -> None:
    def chosen(*layers: Layer) -> str:
        workflow = library_of(read_layers(layers)).select("sdxl", Operation.TXT2IMG, loras=0)
        return workflow.description or workflow.name

    entry = "{file: small.json, families: [sdxl], operation: txt2img, description: %s, supports_lora: %s}"
    shipped = changed(SHIPPED, workflows=f"small: {entry % ('shipped', 'true')}")
    assert chosen(shipped, own(a=f"mine: {entry % ('added', 'false')}")) == "shipped"
    assert (
        chosen(shipped, own(a=f"small: {entry % ('replaced', 'true')}\nmine: {entry % ('added', 'false')}"))
        == "replaced"
    )


def test_problems_name_the_real_file() -> None:
    folder = own(a="mine:\n  familys: [sdxl]\nfine: {file: small.json}", mine_json='{"1": {', lost_json=SMALL_TEMPLATE)
    assert problems_of(SHIPPED, folder) == [
        "own/workflows/mine.json:1:8: not valid JSON: Expecting property name enclosed in double quotes",
        "own/manifests/a.yaml:2:3: unknown key 'familys'; did you mean families or family_defaults or model_families?",
        "own/workflows/lost.json: no manifest names this template: add an entry to manifests/workflows.yaml",
    ]


def test_a_folder_or_file_that_gives_no_text_is_a_problem_of_its_own() -> None:
    folder = Layer("own", {"manifests/a.yaml": "mine: {}"}, {"workflows/mine.json": "is not UTF-8 text", "": "is gone"})
    assert problems_of(SHIPPED, folder) == ["own/workflows/mine.json: is not UTF-8 text", "own: is gone"]


def test_a_persons_folder_needs_no_base_file_but_the_lowest_does() -> None:
    assert problems_of(SHIPPED, own(a="mine: {file: small.json}")) == []
    assert problems_of(own(a="mine: {}")) == [
        "own/manifests/base.yaml: is missing: it defines the parameters of workflows"
    ]


def test_a_broken_replacement_leaves_what_ships_in_force_when_there_is_nothing_better() -> None:
    library = succeed(EMPTY, read_layers([SHIPPED, own(a="small: {max_loras: 3}")]))
    assert list(library.workflows) == ["small", "other"]
    assert library.stale == frozenset()
    assert len(library.problems) == 1


def test_graph_nodes_that_do_not_come_with_comfyui_are_a_warning_for_a_persons_own_templates() -> None:
    template = SMALL_TEMPLATE.replace("Encode", "MyStyler").replace("KSampler", "KSampelr")
    reading = read_layers([SHIPPED, own(a="mine: {}", mine_json=template)])
    assert reading.problems == []
    assert [str(warning) for warning in reading.warnings] == [
        "own/workflows/mine.json:2:23: graph-node class 'MyStyler' is not known to come with ComfyUI: a custom one?",
        "own/workflows/mine.json:3:23: graph-node class 'KSampelr' is not known to come with ComfyUI; "
        "did you mean KSampler?",
    ]


@pytest.mark.parametrize("name", ["DisableNoise", "CLIPAttentionMultiply", "SaveImageAdvanced"])
def test_a_class_that_an_import_knows_without_a_machine_is_no_warning(name: str) -> None:
    reading = read_layers([SHIPPED, own(a="mine: {}", mine_json=SMALL_TEMPLATE.replace("Encode", name))])
    assert [*reading.warnings, *reading.problems] == []


@pytest.mark.parametrize("version", ["v0.3.64", "v0.33.0"])
def test_every_recorded_class_of_comfyui_is_known(version: str) -> None:
    assert set(object_info(version)) <= core_schema().classes.keys()


MINE = own(a="mine: {}\nalso: {file: mine.json}", mine_json=SMALL_TEMPLATE)
GOOD = succeed(EMPTY, read_layers([SHIPPED, MINE]))
ALL = ["small", "other", "mine", "also"]


@pytest.mark.parametrize(
    ("edit", "stale"),
    [
        ({"mine_json": '{"1": {'}, {"mine", "also"}),
        ({"mine_json": SMALL_TEMPLATE.replace('["1", 0]', '["7", 0]')}, {"mine", "also"}),
        ({"a": "mine: {}\nalso: {file: mine.json, max_loras: 3}"}, {"also"}),
        ({"a": "mine: {}\nalso: {fil"}, {"mine", "also"}),
        ({"a": ""}, {"mine", "also"}),
        ({"base": "steps: {type: integer, default: many}"}, {"mine", "also"}),
        ({"base": "steps: {type"}, {"mine", "also"}),
        (
            {"a": "mine: {}\nalso: {file: mine.json}", "mine_json": SMALL_TEMPLATE.replace("steps}}", "stesp}}")},
            {"mine", "also"},
        ),
    ],
)
def test_what_an_edit_breaks_serves_as_it_last_was_and_the_problem_is_listed(
    edit: dict[str, str], stale: set[str]
) -> None:
    library = succeed(GOOD, read_layers([SHIPPED, changed(MINE, **edit)]))
    assert list(library.workflows) == ALL
    assert library.stale == stale
    assert library.problems
    for name in stale:
        assert library.workflows[name] is GOOD.workflows[name]
    healed = succeed(library, read_layers([SHIPPED, MINE]))
    assert (healed.stale, healed.problems, list(healed.workflows)) == (frozenset(), (), ALL)


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        ({"a": "also: {file: mine.json}"}, ["small", "other", "also"]),
        ({"a": None}, ["small", "other"]),
        ({"mine_json": None}, ["small", "other"]),
        ({"a": "also: {fil", "mine_json": None}, ["small", "other"]),
        ({"a": "mein: {file: mine.json}"}, ["small", "other", "mein"]),
    ],
)
def test_what_is_deleted_goes(edit: dict[str, str | None], left: list[str]) -> None:
    library = succeed(GOOD, read_layers([SHIPPED, changed(MINE, **edit)]))
    assert list(library.workflows) == left
    assert library.stale == frozenset()


def test_a_file_that_cannot_be_read_at_present_is_not_deleted() -> None:
    files = {path: text for path, text in MINE.files.items() if path != "workflows/mine.json"}
    unreadable = Layer("own", files, {"workflows/mine.json": "cannot be read: Permission denied"})
    assert succeed(GOOD, read_layers([SHIPPED, unreadable])).stale == {"mine", "also"}


def test_a_replacement_that_breaks_keeps_serving_and_one_that_is_deleted_uncovers_what_ships() -> None:
    mine = own(a="small: {description: mine}")
    good = succeed(EMPTY, read_layers([SHIPPED, mine]))
    broken = succeed(good, read_layers([SHIPPED, changed(mine, a="small: {max_loras: 3}")]))
    deleted = succeed(broken, read_layers([SHIPPED, changed(mine, a=None)]))
    assert (broken.workflows["small"].description, set(broken.stale)) == ("mine", {"small"})
    assert (deleted.workflows["small"].description, set(deleted.stale)) == ("", set())


def test_what_ships_broken_by_hand_stays_too_and_a_sound_replacement_of_it_wins() -> None:
    good = succeed(EMPTY, read_layers([SHIPPED]))
    damaged = changed(SHIPPED, small_json="{")
    assert succeed(good, read_layers([damaged])).stale == {"small", "other"}
    replaced = succeed(good, read_layers([damaged, own(a="small: {}", small_json=SMALL_TEMPLATE)]))
    assert replaced.stale == {"other"}
    assert replaced.origins["small"].layer == 1


def test_a_stale_workflow_keeps_its_place_because_the_order_chooses() -> None:
    library = succeed(
        GOOD, read_layers([changed(SHIPPED, workflows="small: {max_loras: 1}\nother: {file: small.json}"), MINE])
    )
    assert (list(library.workflows), set(library.stale)) == (ALL, {"small"})


def test_a_shipped_file_cut_off_in_the_middle_takes_no_workflow_away() -> None:
    sources = shipped_sources()
    good = succeed(EMPTY, read_layers([Layer("", sources)]))
    for file, text in sources.items():
        if file in {"manifests/base.yaml", "workflows/sdxl_txt2img.json", "workflows/flux_txt2img.json"}:
            half = {**sources, file: text[: len(text) // 2]}
            assert list(succeed(good, read_layers([Layer("", half)])).workflows) == list(good.workflows), file
