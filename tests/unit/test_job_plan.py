"""A whole job is checked before anything of it is queued: each mistake with its place, all of them at once."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.workflow_sources import shipped_library, shipped_sources
from vibes.domain.errors import InvalidRequest
from vibes.domain.pictures.picture import PictureReference
from vibes.domain.task_reference import MAX_DEPTH, TaskOutput, parse_reference, texts_in
from vibes.text.json_pointer import json_pointer
from vibes.workflows.library.library import build_library
from vibes.workflows.tasks.plan import MAX_TASKS, JobPlan, TaskRequest, plan_job
from vibes.workflows.tasks.schema import job_schema
from vibes.workflows.tasks.task_types import job_task_types

MAX_PICTURES = 100
UPLOAD = "@artifact:" + "0f" * 32


def planned(*tasks: tuple[str, str, dict[str, Any]], returned: Any = None) -> JobPlan:
    return plan_job([TaskRequest(*each) for each in tasks], returned, shipped_library(), MAX_PICTURES)


def drawing(task_id: str, **inputs: Any) -> tuple[str, str, dict[str, Any]]:
    return task_id, "sd15.text2img", {"prompt": "a cat", **inputs}


def repainting(task_id: str, **inputs: Any) -> tuple[str, str, dict[str, Any]]:
    return task_id, "sd15.inpaint", {"prompt": "a hat", **inputs}


def enlarging(task_id: str, image: Any) -> tuple[str, str, dict[str, Any]]:
    return task_id, "upscale.esrgan", {"image": image}


def preprocessing(task_id: str) -> tuple[str, str, dict[str, Any]]:
    return task_id, "controlnet.preprocess", {"image": UPLOAD}


INPUTS = "/payload/tasks/{}/inputs"

WRONG: dict[str, tuple[Callable[[], JobPlan], str, str]] = {
    "unknown type": (lambda: planned(("t1", "sd15.text2image", {})), "/payload/tasks/0/type", "did you mean"),
    "no task": (planned, "/payload/tasks", "between 1 and"),
    "too many tasks": (
        lambda: planned(*(drawing(f"t{index}") for index in range(MAX_TASKS + 1))),
        "/payload/tasks",
        "between 1 and",
    ),
    "duplicate id": (lambda: planned(drawing("t1"), drawing("t1")), "/payload/tasks/1/id", "given twice"),
    "an id that no reference could name": (lambda: planned(drawing("t 1")), "/payload/tasks/0/id", "letters, digits"),
    "unknown task": (
        lambda: planned(drawing("t1"), enlarging("t2", "@t0.images")),
        "/payload/tasks/1/inputs/image",
        "there is no task",
    ),
    "forward": (
        lambda: planned(enlarging("t1", "@t2.images"), drawing("t2")),
        "/payload/tasks/0/inputs/image",
        "comes later",
    ),
    "to itself": (lambda: planned(enlarging("t1", "@t1.images")), "/payload/tasks/0/inputs/image", "a cycle"),
    "unknown output": (
        lambda: planned(drawing("t1"), enlarging("t2", "@t1.pictures")),
        "/payload/tasks/1/inputs/image",
        "no output pictures; it has images and seeds",
    ),
    "more than there are": (
        lambda: planned(drawing("t1", count=3), enlarging("t2", "@t1.images[3]")),
        "/payload/tasks/1/inputs/image",
        "makes 3, the last is [2]",
    ),
    "images into a mask": (
        lambda: planned(drawing("t1"), repainting("t2", image="@t1.images", mask="@t1.images[0]")),
        "/payload/tasks/1/inputs/mask",
        "is a picture, and this takes a mask",
    ),
    "seeds into an image": (
        lambda: planned(drawing("t1"), enlarging("t2", "@t1.seeds[0]")),
        "/payload/tasks/1/inputs/image",
        "is a seed",
    ),
    "images into a seed": (
        lambda: planned(drawing("t1"), drawing("t2", seed="@t1.images[0]")),
        "/payload/tasks/1/inputs/seed",
        "is a picture, and this takes a seed",
    ),
    "many seeds into one": (
        lambda: planned(drawing("t1"), drawing("t2", seed="@t1.seeds")),
        "/payload/tasks/1/inputs/seed",
        "not a list",
    ),
    "images into a text": (
        lambda: planned(drawing("t1"), drawing("t2", negative_prompt="@t1.images")),
        "/payload/tasks/1/inputs/negative_prompt",
        "cannot be the reference",
    ),
    "missing text": (lambda: planned(("t1", "sd15.text2img", {})), "/payload/tasks/0/inputs/prompt", "required"),
    "missing picture": (
        lambda: planned(("t1", "upscale.esrgan", {})),
        "/payload/tasks/0/inputs/image",
        "image is required",
    ),
    "null is missing": (lambda: planned(enlarging("t1", None)), "/payload/tasks/0/inputs/image", "image is required"),
    "a file name for a picture": (
        lambda: planned(enlarging("t1", "cat.png")),
        "/payload/tasks/0/inputs/image",
        "@artifact:<id>",
    ),
    "one of several": (
        lambda: planned(enlarging("t1", [UPLOAD, 7])),
        "/payload/tasks/0/inputs/image/1",
        "@artifact:<id>",
    ),
    "none of several": (lambda: planned(enlarging("t1", [])), "/payload/tasks/0/inputs/image", "between 1 and"),
    "unknown parameter": (
        lambda: planned(drawing("t1", stepz=3)),
        "/payload/tasks/0/inputs/stepz",
        "did you mean",
    ),
    "out of bounds": (lambda: planned(drawing("t1", steps=0)), "/payload/tasks/0/inputs/steps", "between 1 and 150"),
    "a seed that is none": (lambda: planned(drawing("t1", seed=-1)), "/payload/tasks/0/inputs/seed", "seed"),
    "count": (lambda: planned(drawing("t1", count=0)), "/payload/tasks/0/inputs/count", "at least 1"),
    "more pictures than may be": (
        lambda: planned(
            drawing("t1", count=60), ("t2", "sd15.img2img", {"prompt": "x", "image": "@t1.images", "count": 2})
        ),
        "/payload/tasks/1/inputs/count",
        "120 pictures",
    ),
    "unequal lists": (
        lambda: planned(
            drawing("t1", count=3),
            repainting("t2", image="@t1.images", mask=[UPLOAD, UPLOAD]),
        ),
        "/payload/tasks/1/inputs/mask",
        "name as many",
    ),
    "a LoRA without a name": (
        lambda: planned(drawing("t1", loras=[{"strength_model": 1}])),
        "/payload/tasks/0/inputs/loras/0",
        "object with name",
    ),
    "a LoRA as a text": (lambda: planned(drawing("t1", loras="ink")), "/payload/tasks/0/inputs/loras", "a list"),
    "too many LoRAs": (
        lambda: planned(drawing("t1", loras=[{"name": str(index)} for index in range(4)])),
        "/payload/tasks/0/inputs/loras",
        "at most 3",
    ),
    "a slash in a name": (
        lambda: planned(drawing("t1", **{"a/b~c": 1})),
        "/payload/tasks/0/inputs/a~1b~0c",
        "unknown parameter",
    ),
    "return of an unknown task": (lambda: planned(drawing("t1"), returned="@t2.images"), "/payload/return", "no task"),
    "return deep inside": (
        lambda: planned(drawing("t1"), returned={"a": ["@t1.images", "@t1.masks"]}),
        "/payload/return/a/1",
        "no output masks",
    ),
    "return of no reference": (lambda: planned(drawing("t1"), returned="@t1"), "/payload/return", "such as @t1.images"),
}


@pytest.mark.parametrize(("job", "pointer", "words"), WRONG.values(), ids=list(WRONG))
def test_a_mistake_is_told_with_its_place(job: Callable[[], JobPlan], pointer: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        job()
    assert refused.value.code == "invalid_job"
    assert [(each.pointer, words in each.message) for each in refused.value.problems] == [(pointer, True)], [
        each.message for each in refused.value.problems
    ]


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(InvalidRequest) as refused:
        planned(
            ("t1", "nonsense", {}),
            drawing("t1", steps=0),
            enlarging("t3", "@t4.images"),
            enlarging("t4", "@t3.images"),
            returned="@t9.images",
        )
    assert {each.pointer for each in refused.value.problems} == {
        "/payload/tasks/0/type",
        "/payload/tasks/1/id",
        "/payload/tasks/1/inputs/steps",
        "/payload/tasks/2/inputs/image",
        "/payload/return",
    }
    assert "a cycle" in next(
        each.message for each in refused.value.problems if each.pointer == INPUTS.format(2) + "/image"
    )


def test_nesting_without_end_is_refused_where_it_begins() -> None:
    deep: Any = "@t1.images"
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(InvalidRequest) as refused:
        planned(drawing("t1"), enlarging("t2", deep), returned=deep)
    assert [each.pointer for each in refused.value.problems] == ["/payload/tasks/1/inputs", "/payload/return"]


def test_a_map_of_a_preprocessor_may_be_a_mask_and_a_control_picture() -> None:
    plan = planned(
        preprocessing("edges"),
        ("t1", "sd15.controlnet.text2img", {"prompt": "x", "image": "@edges.images"}),
        repainting("t2", image="@t1.images[0]", mask="@edges.images[0]"),
    )
    assert [task.workflow.name for task in plan.tasks] == [
        "controlnet_canny_preprocess",
        "sd15_controlnet",
        "sd15_inpaint",
    ]


def test_the_workflow_is_the_one_that_knows_the_inputs() -> None:
    plan = planned(
        drawing("t1"),
        ("t2", "sd15.hires_fix", {"prompt": "x"}),
        ("t3", "sd15.hires_fix", {"prompt": "x", "image": "@t2.images"}),
        ("t4", "sd15.controlnet.text2img", {"prompt": "x", "image": UPLOAD, "canny_low": 0.2}),
        ("t5", "sdxl.text2img", {"prompt": "x"}),
        ("t6", "sdxl.text2img", {"prompt": "x", "loras": [{"name": "ink.safetensors"}]}),
        ("t7", "workflow.sdxl_with_lora", {"prompt": "x", "model_family": "pony"}),
    )
    assert [task.workflow.name for task in plan.tasks] == [
        "sd15_txt2img",
        "sd15_hires_fix",
        "sd15_hires_fix_image",
        "sd15_controlnet_canny",
        "sdxl_txt2img",
        "sdxl_with_lora",
        "sdxl_with_lora",
    ]
    assert plan.tasks[-1].family == "pony"


def test_the_number_of_pictures_is_known_before_anything_is_drawn() -> None:
    plan = planned(
        drawing("t1", count=4),
        ("t2", "sd15.img2img", {"prompt": "x", "image": ["@t1.images", UPLOAD], "count": 2}),
        enlarging("t3", ["@t2.images[9]", "@t1.images[0]"]),
    )
    assert [task.total for task in plan.tasks] == [4, 10, 2]
    assert plan.total == 16
    assert list(plan.pictures()) == [
        (("payload", "tasks", 1, "inputs", "image", 1), PictureReference.parse(UPLOAD.removeprefix("@")))
    ]
    assert plan.returned == "@t3.images", "left out, it is what the last task makes"


PROMISED = {
    "sd15": ["text2img", "img2img", "inpaint", "controlnet.text2img", "hires_fix"],
    "sdxl": ["text2img", "img2img", "inpaint"],
    "flux": ["text2img", "img2img", "inpaint"],
    "qwen-image": ["text2img", "img2img", "inpaint"],
    "z-image": ["text2img", "img2img"],
    "controlnet": ["preprocess"],
    "upscale": ["esrgan"],
}


def test_the_library_has_every_task_type_that_is_promised() -> None:
    types = job_task_types(shipped_library())
    assert {f"{family}.{name}" for family, names in PROMISED.items() for name in names} <= set(types)
    assert types["sd15.controlnet.text2img"].usual.name == "sd15_controlnet", "it takes what a preprocessor made"


def test_a_workflow_that_somebody_adds_is_a_task_type_by_itself_and_takes_nothing_away() -> None:
    manifest = """
        my_flow: {file: sd15_txt2img.json, description: Mine, families: [sd15], operation: txt2img}
        new_family: {file: sd15_txt2img.json, description: New, families: [wan], operation: txt2img}
    """
    types = job_task_types(build_library({**shipped_sources(), "manifests/zz_mine.yaml": manifest}))
    assert types["sd15.text2img"].usual.name == "sd15_txt2img"
    assert types["workflow.my_flow"].usual.name == "my_flow"
    assert types["wan.text2img"].usual.name == "new_family"


def test_the_schema_names_every_type_and_resolves_its_own_references() -> None:
    types = job_task_types(shipped_library())
    schema = job_schema(types, MAX_PICTURES)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    references = [text for _, text in texts_in(schema) if text.startswith("#/$defs/")]
    assert {each.removeprefix("#/$defs/") for each in references} == set(types) == set(schema["$defs"])
    hires = schema["$defs"]["sd15.hires_fix"]
    assert hires["required"] == ["prompt"]
    assert hires["properties"]["image"]["x-picture"] == "image"
    assert schema["$defs"]["pony.text2img"]["properties"]["checkpoint"]["default"] == "ponyDiffusionV6XL.safetensors"
    assert schema["$defs"]["sd15.inpaint"]["required"] == ["image", "mask", "prompt"]


def test_the_schema_tells_a_form_its_order_and_what_to_fold_away() -> None:
    schema = job_schema(job_task_types(shipped_library()), MAX_PICTURES)
    inpaint = schema["$defs"]["sd15.inpaint"]["properties"]
    assert list(inpaint)[:4] == ["image", "mask", "prompt", "negative_prompt"]
    assert (inpaint["mask"]["title"], inpaint["mask"]["x-picture"]) == ("Mask", "mask")
    assert (inpaint["seed"]["title"], inpaint["seed"]["x-seed"], inpaint["seed"]["default"]) == ("Seed", True, "random")
    assert inpaint["loras"]["x-catalog"] == "loras"
    plain = [name for name, each in inpaint.items() if not each.get("x-advanced")]
    assert {"prompt", "steps", "checkpoint", "denoise_strength", "count", "loras"} <= set(plain)
    assert not {"sampler", "scheduler", "mask_grow", "preferred_gpu"} & set(plain)


def test_what_only_an_unusual_workflow_of_a_type_knows_is_advanced_but_for_pictures() -> None:
    schema = job_schema(job_task_types(shipped_library()), MAX_PICTURES)
    flux = schema["$defs"]["flux.text2img"]["properties"]
    assert next(iter(flux)) == "prompt", "the usual workflow's own order comes first"
    assert flux["FBC_optimize"]["x-advanced"] is True
    assert "x-advanced" not in flux["steps"]
    assert "x-advanced" not in schema["$defs"]["sd15.hires_fix"]["properties"]["image"]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("@t1.images", TaskOutput("t1", "images")),  # type: ignore[arg-type]  # a task id is a text
        ("@t-1_a.images[0]", TaskOutput("t-1_a", "images", 0)),  # type: ignore[arg-type]  # as above
        ("@artifact:ab", PictureReference.parse("artifact:ab")),
        ("artifact:ab", PictureReference.parse("artifact:ab")),
        ("@generation:ab", PictureReference.parse("generation:ab")),
        *((text, None) for text in ("", "@", "@t1", "@t1.", "@.images", "@t1.images[]", "@t1.images[-1]", "t1.images")),
        *(
            (text, None)
            for text in ("@t1.images[01]", "@t1.images ", " @t1.images", "@t1.images\n", "a cat @t1.images")
        ),
        *((text, None) for text in ("@t1.images[٣]", "@artifact:", "@upload:ab", "@artifact:../x", "@t1.images[0][1]")),
    ],
)
def test_only_a_text_that_is_a_reference_as_a_whole_is_one(text: str, reference: object) -> None:
    assert parse_reference(text) == reference


NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
OUTPUTS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,63}", fullmatch=True)


@given(NAMES, OUTPUTS, st.none() | st.integers(0, 999_999))
def test_what_is_written_down_is_read_back(task_id: str, output: str, index: int | None) -> None:
    reference = TaskOutput(task_id, output, index)  # type: ignore[arg-type]  # a task id is a text
    assert parse_reference(str(reference)) == reference


@given(st.text())
@example("@" * 1000)
@example("@t1.images[" + "9" * 5000 + "]")
def test_any_text_is_a_reference_that_reads_back_or_none(text: str) -> None:
    reference = parse_reference(text)
    if isinstance(reference, TaskOutput):
        assert str(reference) == text
    elif reference is not None:
        assert str(reference) == text.removeprefix("@")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["@t1.images", UPLOAD]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
INPUT_NAMES = (
    st.sampled_from(["prompt", "image", "mask", "seed", "count", "loras", "steps", "preferred_gpu"]) | st.text()
)


@given(st.sampled_from(sorted(job_task_types(shipped_library()))), st.dictionaries(INPUT_NAMES, JSON, max_size=5), JSON)
def test_whatever_is_handed_in_is_a_plan_or_a_list_of_places(kind: str, inputs: dict[str, Any], returned: Any) -> None:
    problems = []
    try:
        plan = planned(drawing("t1"), ("t2", kind, inputs), returned=returned)
    except InvalidRequest as error:
        problems = [each.pointer or "" for each in error.problems]
    assert problems or len(plan.tasks) == 2
    assert all(each.startswith("/payload/") for each in problems)


def test_a_pointer_escapes_what_would_divide_it() -> None:
    assert json_pointer(["a/b", "~", 0]) == "/a~1b/~0/0"
    assert json_pointer([]) == ""
