"""What a spec asks for beside its workflow's defaults, for nodes that draw without the workflow's graph."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.workflow_sources import shipped_library, spec_for
from vibes.domain.nodes.wanted import Wanted
from vibes.domain.pictures.spec import LoraSpec
from vibes.services.queue.work import needs_of
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.filling.wanted import prompts_of


def wanted(name: str = "sd15_txt2img", family: str = "sd15", **given: Any) -> Wanted:
    """Of a spec with all the workflow's defaults but these."""
    workflow = shipped_library().get(name)
    defaults = workflow_defaults(workflow, family)
    fields = ("steps", "cfg_scale", "width", "height", "checkpoint", "denoise_strength")
    spec = replace(
        spec_for(workflow, family, prompt="a cat"),
        **{field: defaults.get(field) for field in fields},  # type: ignore[arg-type]  # each of its own type
        parameters={key: value for key, value in defaults.items() if key in {"sampler", "scheduler", "mask_grow"}},
        negative_prompt="",
    )
    found = needs_of(workflow, replace(spec, **given), None)[0].wanted
    assert found is not None
    return found


def test_defaults_are_nobodys_wish() -> None:
    assert wanted() == Wanted(width=512, height=512)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"steps": 33}, {"steps": 33}),
        ({"cfg_scale": 3.0}, {"guidance_scale": 3.0}),
        ({"negative_prompt": "blur"}, {"negative_prompt": True}),
        ({"negative_prompt": "blur", "cfg_scale": 1.0}, {"guidance_scale": 1.0}),
        ({"seed_chosen": True}, {"seed": True}),
        ({"loras": (LoraSpec("ink"),)}, {"loras": 1}),
        ({"parameters": {"sampler": "heun", "scheduler": "karras"}}, {"sampler": "heun", "scheduler": "karras"}),
    ],
)
def test_what_differs_from_them_is_asked_for(given: dict[str, Any], asked: dict[str, Any]) -> None:
    assert wanted(**given) == Wanted(width=512, height=512, **asked)


def test_pictures_masks_passes_and_what_only_a_graph_understands() -> None:
    refined = wanted("sd15_img2img", denoise_strength=0.4)
    assert (refined.pictures, refined.strength) == (1, 0.4)
    painted = wanted("sd15_inpaint", parameters={"mask_grow": 40})
    assert (painted.pictures, painted.mask, painted.particular) == (1, True, ("mask_grow",))
    assert wanted("sd15_hires_fix").passes == 2


def test_works_that_every_node_treats_alike_have_one_key() -> None:
    workflow = shipped_library().get("sd15_txt2img")
    keys = {needs_of(workflow, spec_for(workflow, "sd15", prompt=prompt, seed=7), None)[0].key for prompt in "ab"}
    assert len(keys) == 1


def test_words_that_a_workflow_adds_to_a_prompt_are_told_too() -> None:
    workflow = shipped_library().get("sd15_txt2img")
    spec = spec_for(workflow, "sd15", prompt="a cat", negative_prompt="blur")
    assert prompts_of(compile_graph(workflow, spec), spec) == ("a cat", "blur")
    texts = {"{{prompt}}": "masterpiece, {{prompt}}", "{{negative_prompt}}": "bad hands"}
    template = {
        key: {**node, "inputs": {name: texts.get(str(value), value) for name, value in node["inputs"].items()}}
        for key, node in workflow.template.items()
    }
    adorned = replace(workflow, template=template)
    assert prompts_of(compile_graph(adorned, spec), spec) == ("masterpiece, a cat", "bad hands")
    needed, _ = needs_of(adorned, replace(spec, negative_prompt=""), None)
    assert needed.wanted is not None
    assert needed.wanted.negative_prompt, "one that nobody typed"
