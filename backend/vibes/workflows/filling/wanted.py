"""What a spec asks for beside its workflow's defaults, for nodes that draw without the workflow's graph."""

from collections.abc import Mapping

from vibes.domain.nodes.wanted import Wanted
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import GenerationSpec, ParameterValue
from vibes.workflows.definition.manifest import ParameterKind, Workflow
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.graphs.steps import sampler_steps
from vibes.workflows.meaning.prompts import graph_prompts
from vibes.workflows.meaning.words import NEGATIVE, PROMPT

_NO_EFFECT_UP_TO = 1.0
"""CFG scale up to which a sampler does not compute the negative prompt."""

_TOLD_APART = frozenset({"sampler", "scheduler", "controlnet_strength"})
"""Parameters besides the named fields of a spec that mean something without a graph."""


def wanted_of(workflow: Workflow, spec: GenerationSpec, graph: Graph) -> Wanted:
    """``graph``: the workflow filled with this spec; the texts of its prompts do not matter."""
    defaults = workflow_defaults(workflow, spec.model_family)
    kinds = [parameter.kind for parameter in workflow.parameters.values()]
    own = {name: value for name, value in spec.parameters.items() if _is_own(workflow, name, value, defaults)}
    return Wanted(
        width=spec.width,
        height=spec.height,
        steps=None if spec.steps == defaults.get("steps") else spec.steps,
        guidance_scale=None if spec.cfg_scale == defaults.get("cfg_scale") else spec.cfg_scale,
        sampler=_text(own.get("sampler")),
        scheduler=_text(own.get("scheduler")),
        strength=spec.denoise_strength if ParameterKind.IMAGE in kinds else None,
        negative_prompt=_has_negative(workflow, spec, graph),
        seed=spec.seed_chosen,
        loras=len(spec.loras),
        pictures=kinds.count(ParameterKind.IMAGE),
        mask=ParameterKind.MASK in kinds,
        passes=max(len(sampler_steps(graph)), 1),
        particular=tuple(sorted(own.keys() - _TOLD_APART)),
    )


def prompts_of(graph: Graph, spec: GenerationSpec) -> tuple[str, str]:
    """Prompt and negative prompt as the graph's samplers get them, with what the workflow adds to a person's words;
    those of the spec where the graph has none, or several different ones."""
    found = [(role, str(text.value)) for role, text in graph_prompts(graph)]
    return _only(found, PROMPT, spec.prompt), _only(found, NEGATIVE, spec.negative_prompt)


def _only(found: list[tuple[str, str]], role: str, otherwise: str) -> str:
    texts = {text for each, text in found if each == role}
    return texts.pop() if len(texts) == 1 else otherwise


def _has_negative(workflow: Workflow, spec: GenerationSpec, graph: Graph) -> bool:
    if spec.cfg_scale is not None and spec.cfg_scale <= _NO_EFFECT_UP_TO:
        return False
    asked = spec.negative_prompt if "negative_prompt" in workflow.parameters else ""
    _, fixed = prompts_of(graph, spec)
    return bool(asked.strip() or fixed.strip())


def _is_own(workflow: Workflow, name: str, value: ParameterValue, defaults: Mapping[str, ParameterValue]) -> bool:
    parameter = workflow.parameters.get(name)
    return parameter is not None and not parameter.kind.is_picture and value != defaults.get(name)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
