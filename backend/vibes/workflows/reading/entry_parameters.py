"""The parameters of one manifest entry, from base definitions, overrides and defaults, matched with the template."""

from collections.abc import Mapping

from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import Parameter
from vibes.workflows.definition.template import Template
from vibes.workflows.graphs.bypass import bypass_problem
from vibes.workflows.graphs.nested import inside
from vibes.workflows.reading.parameter_reader import read_parameter, with_default
from vibes.workflows.reading.section import Section

LORA_PARAMETERS = frozenset({"lora", "lora_strength", "loras"})
"""Names that mean only ``supports_lora: true`` when base.yaml does not define them."""

BaseParameters = Mapping[str, Parameter | None]
"""The parameters of base.yaml; None for one whose definition is wrong and already reported."""


def read_parameters(entry: Section, template: Template, base: BaseParameters) -> dict[str, Parameter] | None:
    """By name, in the order of the entry's list, or of base.yaml without one; None when something is wrong (reported).

    Without a list the parameters are the template's placeholders and those named in ``overrides``. Each step uses only
    what the previous one found valid, so that one mistake is reported once.
    """
    noted = len(entry.problems)
    parameters = _inherited(entry, template, base)
    if len(entry.problems) == noted:
        parameters = _overridden(entry, parameters)
    if len(entry.problems) == noted:
        parameters = _with_default_params(entry, parameters)
        _check_placeholders(entry, template, parameters)
        _check_targets(entry, template, parameters)
        _check_bypasses(entry, template, parameters)
    return parameters if len(entry.problems) == noted else None


def _inherited(entry: Section, template: Template, base: BaseParameters) -> dict[str, Parameter]:
    listed = entry.names("parameters")
    if listed is not None:
        names = [name for name in listed if name in base or name not in LORA_PARAMETERS]
    elif "parameters" in entry.values:
        return {}
    else:
        wanted = {*template.placeholders, *_override_names(entry)}
        names = [name for name in base if name in wanted] + sorted(wanted - base.keys())
    parameters = {}
    for name in names:
        definition = base.get(name)
        if definition is not None:
            parameters[name] = definition
        elif name in base:
            entry.refuse(f"parameter {name!r} is defined wrongly in base.yaml", *_mention(entry, name))
        elif own := _own_definition(entry, name):
            parameter = read_parameter(own, name)
            parameters |= {name: parameter} if parameter else {}
        else:
            _refuse_unknown(entry, template, base, name)
    return parameters


def _refuse_unknown(entry: Section, template: Template, base: BaseParameters, name: str) -> None:
    message = f"unknown parameter {shown(name)}{did_you_mean(name, base)}"
    mention = _mention(entry, name)
    if mention:
        entry.refuse(message, *mention)
    else:
        entry.problems.append(template.document.problem(template.placeholders[name], message))


def _own_definition(entry: Section, name: str) -> Section | None:
    """A parameter defined by ``overrides`` alone: with a type and not in base.yaml, it belongs to this workflow."""
    overrides = entry.values.get("overrides")
    definition = overrides.get(name) if isinstance(overrides, dict) else None
    return entry.section("overrides", name) if isinstance(definition, dict) and "type" in definition else None


def _override_names(entry: Section) -> list[str]:
    overrides = entry.values.get("overrides")
    return [name for name in overrides if isinstance(name, str)] if isinstance(overrides, dict) else []


def _mention(entry: Section, name: str) -> tuple[str | int, ...]:
    """Where the entry names the parameter."""
    listed = entry.values.get("parameters")
    if isinstance(listed, list) and name in listed:
        return "parameters", listed.index(name)
    return ("overrides", name) if name in _override_names(entry) else ()


def _overridden(entry: Section, parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    changed = dict(parameters)
    for name, override in entry.sections("overrides"):
        if name not in parameters:
            hint = did_you_mean(name, parameters)
            entry.refuse(f"{shown(name)} is not among the parameters{hint}", "overrides", name)
        elif parameter := read_parameter(override, name, parameters[name]):
            changed[name] = parameter
    return changed


def _with_default_params(entry: Section, parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    defaults = entry.section("default_params") if "default_params" in entry.values else None
    changed = dict(parameters)
    for name, value in defaults.values.items() if defaults else ():
        if name not in parameters:
            hint = did_you_mean(name, parameters)
            entry.refuse(f"unknown parameter {shown(name)}{hint}", "default_params", name)
        elif parameter := with_default(entry, parameters[name], value, ("default_params", name)):
            changed[name] = parameter
    return changed


def _check_placeholders(entry: Section, template: Template, parameters: Mapping[str, Parameter]) -> None:
    for name, path in template.placeholders.items():
        if name not in parameters:
            message = f"{{{{{name}}}}} is not among the workflow's parameters{did_you_mean(name, parameters)}"
            entry.problems.append(template.document.problem(path, message))
    for name, parameter in parameters.items():
        is_bound = parameter.targets or parameter.bypasses or parameter.is_for_hub
        if name not in template.placeholders and not is_bound:
            message = f'{name!r} is bound nowhere: put "{{{{{name}}}}}" into {template.file}, or give it a bind'
            entry.refuse(message, *_mention(entry, name))


def _check_targets(entry: Section, template: Template, parameters: Mapping[str, Parameter]) -> None:
    for parameter in parameters.values():
        for graph_node_id, name in parameter.targets:
            message = _target_problem(template, graph_node_id, name)
            if message:
                entry.refuse(message, "overrides", parameter.name, "bind")


def _check_bypasses(entry: Section, template: Template, parameters: Mapping[str, Parameter]) -> None:
    for parameter in parameters.values():
        for place in parameter.bypasses:
            message = bypass_problem(template.graph, place, parameter.bypasses, template.file)
            if message:
                entry.refuse(message, "overrides", parameter.name, "bypass")


def _target_problem(template: Template, graph_node_id: str, name: str) -> str | None:
    if graph_node_id not in template.graph:
        hint = did_you_mean(graph_node_id, template.graph)
        return f"{template.file} has no graph node {shown(graph_node_id)}{hint}"
    inputs = template.graph[graph_node_id]["inputs"]
    found = inside(inputs, name)
    if found is None:
        return f"graph node {graph_node_id!r} has no input {shown(name)}{did_you_mean(name, inputs)}"
    if isinstance(found.value, list):
        return f"input {name!r} of graph node {graph_node_id!r} is linked to another graph node"
    return None
