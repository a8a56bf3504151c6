"""Reads manifest entries, in both spellings, and joins them with their templates."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from vibes.documents.yaml_document import Path, YamlDocument
from vibes.domain.errors import DocumentProblem
from vibes.domain.pictures.spec import Operation, ParameterValue
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import ANY_FAMILY, DEFAULT_MAX_LORAS, Parameter, ParameterKind, Workflow
from vibes.workflows.definition.template import Template
from vibes.workflows.filling.parameters import value_problem
from vibes.workflows.meaning.pictures import guess_operation
from vibes.workflows.reading.entry_parameters import LORA_PARAMETERS, BaseParameters, read_parameters
from vibes.workflows.reading.section import Section

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_KEYS = (
    "file",
    "description",
    "families",
    "operation",
    "parameters",
    "overrides",
    "default_params",
    "family_defaults",
    "supports_lora",
    "max_loras",
    "outputs",
    # Keys of the other spellings:
    "workflow_file",
    "model_families",
    "supports_img2img",
)


@dataclass(frozen=True, slots=True)
class Materials:
    """What the entries of a manifest may refer to. None: exists, but is broken and already reported."""

    base: BaseParameters
    templates: Mapping[str, Template | None]
    """Templates by the file name in an entry."""


class Entry(NamedTuple):
    """The result of reading one entry."""

    name: str
    place: Path
    file: str | None
    """The template that it names."""
    workflow: Workflow | None
    """None when the entry (reported) or its template is broken."""


def read_manifest(document: YamlDocument, materials: Materials, problems: list[DocumentProblem]) -> Iterator[Entry]:
    """Every entry of a manifest that has a name.

    An entry is a name with keys or, under ``templates:``, a list item with ``name`` among its keys.
    """
    root = Section.root(document, problems)
    if isinstance(root.values.get("templates"), list):
        root.allow_only(("templates",))
        yield from _listed(root, materials)
        return
    for name in root.values:
        section = root.section(name)
        if section:
            yield _entry(section, name, materials)


def _listed(root: Section, materials: Materials) -> Iterator[Entry]:
    for index in range(len(root.values["templates"])):
        section = root.section("templates", index)
        name = section.text("name") if section else None
        if section and name is not None:
            yield _entry(section, name, materials, own_keys=("name",))
        elif section and "name" not in section.values:
            section.refuse("a template needs a name")


def _entry(section: Section, name: str, materials: Materials, own_keys: tuple[str, ...] = ()) -> Entry:
    noted = len(section.problems)
    if not _NAME.fullmatch(name):
        section.refuse(f"a workflow's name is made of letters, digits and _ . -, not {shown(name)}")
    section.allow_only((*_KEYS, *own_keys))
    file = _file(section, name, materials.templates)
    template = materials.templates.get(file) if file else None
    workflow = _workflow(section, name, template, materials.base) if template else None
    return Entry(name, section.path, file, workflow if len(section.problems) == noted else None)


def _workflow(section: Section, name: str, template: Template, base: BaseParameters) -> Workflow | None:
    """The workflow of an entry, valid or not; None when its parameters cannot be read."""
    parameters = read_parameters(section, template, base)
    if parameters is None:
        return None
    families = _families(section)
    family_defaults = _family_defaults(section, families, parameters)
    supports_lora, max_loras = _loras(section)
    workflow = Workflow(
        name=name,
        description=section.text("description") or "",
        families=families,
        operation=_operation(section, template),
        parameters={
            name: replace(parameter, required=_is_required(parameter, template, families, family_defaults))
            for name, parameter in parameters.items()
        },
        supports_lora=supports_lora,
        max_loras=max_loras,
        family_defaults=family_defaults,
        template=template.graph,
        file=template.file,
        outputs=_outputs(section, template),
    )
    _check_image(section, workflow)
    return workflow


def _file(section: Section, name: str, templates: Mapping[str, Template | None]) -> str | None:
    key = "workflow_file" if "workflow_file" in section.values else "file"
    file = section.text(key) if key in section.values else f"{name}.json"
    if file is not None and file not in templates:
        section.refuse(f"there is no template workflows/{file}{did_you_mean(file, templates)}", key)
    return file


def _families(section: Section) -> frozenset[str]:
    key = "model_families" if "model_families" in section.values else "families"
    families = section.names(key)
    if families == ():
        section.refuse(f"{key} is empty: name at least one, or [{ANY_FAMILY}]", key)
    return frozenset(families or {ANY_FAMILY})


def _operation(section: Section, template: Template) -> Operation:
    word = section.text("operation")
    if word is not None and word not in set(Operation):
        section.refuse(f"unknown operation {shown(word)}{did_you_mean(word, Operation)}", "operation")
    return Operation(word) if word in set(Operation) else guess_operation(template.graph)


def _loras(section: Section) -> tuple[bool, int]:
    supports, most = section.flag("supports_lora"), section.count("max_loras")
    listed = section.values.get("parameters")
    if supports is None:
        supports = isinstance(listed, list) and not LORA_PARAMETERS.isdisjoint(map(str, listed))
    if most is not None and bool(most) != supports:
        section.refuse(f"max_loras is {most}, but supports_lora is {str(supports).lower()}", "max_loras")
    return supports, (most or DEFAULT_MAX_LORAS) if supports else 0


def _family_defaults(
    section: Section, families: frozenset[str], parameters: Mapping[str, Parameter]
) -> dict[str, dict[str, ParameterValue]]:
    read: dict[str, dict[str, ParameterValue]] = {}
    for family, defaults in section.sections("family_defaults"):
        if family not in families and ANY_FAMILY not in families:
            hint = did_you_mean(family, sorted(families))
            section.refuse(f"{shown(family)} is not among the families{hint}", "family_defaults", family)
        for name, value in defaults.values.items():
            parameter = parameters.get(name)
            if parameter is None:
                defaults.refuse(f"unknown parameter {shown(name)}{did_you_mean(name, parameters)}", name)
            elif message := value_problem(parameter, value):
                defaults.refuse(message, name)
        read[family] = defaults.values
    return read


def _is_required(
    parameter: Parameter,
    template: Template,
    families: frozenset[str],
    family_defaults: Mapping[str, Mapping[str, ParameterValue]],
) -> bool:
    """Whether a request must have it: by definition, or since its placeholder would stay empty; never where each family
    has a default.

    A seed is drawn and a picture uploaded; an input bound by name falls back on the template's own value.
    """
    if all(parameter.name in family_defaults.get(family, {}) for family in families):
        return False
    drawn_or_uploaded = parameter.kind is ParameterKind.SEED or parameter.kind.is_picture
    empty = parameter.default is None and parameter.name in template.placeholders
    return parameter.required or (empty and not drawn_or_uploaded)


def _outputs(section: Section, template: Template) -> tuple[str, ...]:
    outputs = section.names("outputs") or ()
    for index, graph_node_id in enumerate(outputs):
        if graph_node_id not in template.graph:
            hint = did_you_mean(graph_node_id, template.graph)
            section.refuse(f"{template.file} has no graph node {shown(graph_node_id)}{hint}", "outputs", index)
    return outputs


def _check_image(section: Section, workflow: Workflow) -> None:
    takes_image = any(parameter.kind is ParameterKind.IMAGE for parameter in workflow.parameters.values())
    if section.flag("supports_img2img") and not takes_image:
        section.refuse(f"supports_img2img needs an image: put {{{{image}}}} into {workflow.file}", "supports_img2img")
