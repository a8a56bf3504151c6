"""All workflows, built from the texts of their files; a broken file costs only what depends on it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from vibes.domain.errors import DocumentProblem, InvalidDocument, InvalidRequest, NotFound
from vibes.domain.spec import Operation
from vibes.domain.yaml_document import YamlDocument, parse_yaml
from vibes.workflows.entry_reader import Materials, read_manifest
from vibes.workflows.hints import did_you_mean, shown
from vibes.workflows.manifest import ANY_FAMILY, Workflow
from vibes.workflows.parameter_reader import read_base
from vibes.workflows.template import parse_template

BASE_FILE = "manifests/base.yaml"
TEMPLATE_FOLDER = "workflows/"

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Library:
    """The workflows that can be used, and what is wrong with those that cannot."""

    workflows: Mapping[str, Workflow]
    problems: tuple[DocumentProblem, ...]

    def get(self, name: str) -> Workflow:
        """Raises NotFound, naming near names."""
        if name not in self.workflows:
            raise NotFound(f"there is no workflow {shown(name)}{did_you_mean(name, self.workflows)}")
        return self.workflows[name]

    def families(self) -> tuple[str, ...]:
        """Every family that some workflow is for, sorted."""
        families = {family for workflow in self.workflows.values() for family in workflow.families}
        return tuple(sorted(families - {ANY_FAMILY}))

    def select(self, family: str, operation: Operation, *, loras: int) -> Workflow:
        """The workflow for a family and an operation that takes this many LoRAs.

        A workflow made for the family comes before one for any; without LoRAs one that takes none comes first;
        then the order of the manifest decides. Raises InvalidRequest: ``unknown_family``, or ``no_workflow``
        saying what there is.
        """
        serving = [workflow for workflow in self.workflows.values() if workflow.serves(family)]
        if not serving or (family not in self.families() and family != ANY_FAMILY):
            hint = did_you_mean(family, self.families())
            raise InvalidRequest(f"unknown model family {shown(family)}{hint}", code="unknown_family")
        able = [each for each in serving if each.operation is operation and each.max_loras >= loras]
        if not able:
            raise InvalidRequest(_nothing_able(family, operation, loras, serving), code="no_workflow")
        return min(able, key=lambda each: (family not in each.families, each.supports_lora and not loras))


def build_library(sources: Mapping[str, str]) -> Library:
    """Read every workflow out of the texts of the templates folder, by path below it.

    ``manifests/base.yaml`` defines parameters, ``workflows/*.json`` are templates, every other YAML file is a
    manifest of workflows.
    """
    problems: list[DocumentProblem] = []
    yaml_files = {file: text for file, text in sorted(sources.items()) if file.endswith((".yaml", ".yml"))}
    documents = _parsed(parse_yaml, yaml_files, problems)
    base = documents.pop(BASE_FILE, None)
    if BASE_FILE not in sources:
        problems.append(DocumentProblem(BASE_FILE, 0, 0, "is missing: it defines the parameters of workflows"))
    template_files = {
        file: text
        for file, text in sorted(sources.items())
        if file.startswith(TEMPLATE_FOLDER) and file.endswith(".json")
    }
    templates = _parsed(parse_template, template_files, problems)
    if base is None:
        return Library({}, tuple(problems))
    materials = Materials(
        base=read_base(base, problems),
        templates={file.removeprefix(TEMPLATE_FOLDER): template for file, template in templates.items()},
    )
    workflows = _workflows(documents.values(), materials, problems)
    return Library(workflows, tuple(dict.fromkeys(problems)))


def _workflows(
    manifests: Collection[YamlDocument | None], materials: Materials, problems: list[DocumentProblem]
) -> dict[str, Workflow]:
    workflows: dict[str, Workflow] = {}
    first_defined: dict[str, str] = {}
    unused = dict.fromkeys(materials.templates)
    for document in filter(None, manifests):
        for entry in read_manifest(document, materials, problems):
            unused.pop(entry.file or "", None)
            if entry.name in first_defined:
                message = f"workflow {entry.name!r} is already defined in {first_defined[entry.name]}"
                problems.append(document.problem(entry.place, message))
            elif entry.workflow:
                workflows[entry.name] = entry.workflow
            first_defined.setdefault(entry.name, document.file)
    if all(manifests):
        message = "no manifest names this template: add an entry to manifests/workflows.yaml"
        problems.extend(DocumentProblem(f"{TEMPLATE_FOLDER}{file}", 0, 0, message) for file in unused)
    return workflows


def _parsed(
    parse: Callable[[str, str], Parsed], files: Mapping[str, str], problems: list[DocumentProblem]
) -> dict[str, Parsed | None]:
    """Each file parsed, or None with its problems noted."""
    parsed: dict[str, Parsed | None] = {}
    for file, text in files.items():
        parsed[file] = None
        try:
            parsed[file] = parse(text, file)
        except InvalidDocument as error:
            problems.extend(error.problems)
    return parsed


def _nothing_able(family: str, operation: Operation, loras: int, serving: list[Workflow]) -> str:
    same = [workflow for workflow in serving if workflow.operation is operation]
    if same:
        most = max(same, key=lambda workflow: workflow.max_loras)
        limit = f"{most.name} takes at most {most.max_loras}" if most.supports_lora else "none of them takes any"
        return f"no {operation} workflow for {family} takes {loras} LoRA{'s' if loras > 1 else ''}: {limit}"
    there_is = ", ".join(sorted(f"{workflow.operation} ({workflow.name})" for workflow in serving))
    return f"there is no {operation} workflow for {family}; there is {there_is}"
