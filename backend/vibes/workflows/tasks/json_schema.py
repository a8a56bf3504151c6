"""A workflow's parameters as JSON Schema (draft 2020-12), for the API's answers and forms."""

from typing import Any

from vibes.domain.pictures.spec import MAX_SEED
from vibes.workflows.definition.manifest import Parameter, ParameterKind, Workflow
from vibes.workflows.tasks.form_hints import form_hints

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES = {
    ParameterKind.STRING: "string",
    ParameterKind.INTEGER: "integer",
    ParameterKind.NUMBER: "number",
    ParameterKind.BOOLEAN: "boolean",
}


def parameters_schema(workflow: Workflow, family: str | None = None) -> dict[str, Any]:
    """The schema of a request's parameters; with a ``family`` its defaults.

    Per property: ``x-family-defaults`` for defaults that depend on the family, ``x-step`` for a slider's step,
    ``examples`` for suggested names of an open list, and the hints of `form_hints`. Pictures are no properties:
    requests name them beside the parameters.
    """
    parameters = [parameter for parameter in workflow.parameters.values() if not parameter.kind.is_picture]
    return {
        "$schema": DIALECT,
        "title": workflow.name,
        "description": workflow.description,
        "type": "object",
        "properties": {parameter.name: _property(parameter, workflow, family) for parameter in parameters},
        "required": [parameter.name for parameter in parameters if parameter.required],
        "additionalProperties": False,
    }


def _property(parameter: Parameter, workflow: Workflow, family: str | None) -> dict[str, Any]:
    schema = _kind_schema(parameter) | form_hints(workflow, parameter)
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.default is not None:
        schema["default"] = parameter.default
    family_defaults = {
        family: defaults[parameter.name]
        for family, defaults in sorted(workflow.family_defaults.items())
        if parameter.name in defaults
    }
    if family is not None and family in family_defaults:
        schema["default"] = family_defaults[family]
    elif family is None and family_defaults:
        schema["x-family-defaults"] = family_defaults
    return schema


def _kind_schema(parameter: Parameter) -> dict[str, Any]:
    match parameter.kind:
        case ParameterKind.SEED:
            seed = {"type": "integer", "minimum": 0, "maximum": MAX_SEED}
            return seed if parameter.required else {"anyOf": [seed, {"const": "random"}], "default": "random"}
        case ParameterKind.CHOICE:
            return {"enum": list(parameter.choices)}
        case kind:
            return {"type": _TYPES[kind], **_limits(parameter)}


def _limits(parameter: Parameter) -> dict[str, Any]:
    step_word = "multipleOf" if parameter.kind is ParameterKind.INTEGER else "x-step"
    limits = {"minimum": parameter.minimum, "maximum": parameter.maximum, step_word: parameter.step}
    schema: dict[str, Any] = {word: value for word, value in limits.items() if value is not None}
    if parameter.choices:
        schema["examples"] = list(parameter.choices)
    return schema
