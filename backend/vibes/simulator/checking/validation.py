"""Checks a submitted graph as ComfyUI does: same order, same error types, same words in the same places."""

import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from vibes.simulator.checking.input_checks import InputCheck, check_constant
from vibes.simulator.checking.problems import Problem
from vibes.simulator.setup.catalogue import Catalogue, ClassInfo
from vibes.simulator.setup.dialect import Dialect

_LINK_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `POST /prompt` answers; ``error`` is None when at least one output can run."""

    error: Problem | None
    outputs: list[str] = field(default_factory=list)
    """The valid outputs; the others are dropped and named only in ``node_errors``."""
    node_errors: dict[str, Any] = field(default_factory=dict)


def validate(
    graph: Any,
    catalogue: Catalogue,
    dialect: Dialect,
    image_exists: Callable[[str], bool],
    targets: Collection[str] | None = None,
) -> Verdict:
    """Check a graph, and write coerced constants back into it.

    A graph of the wrong shape raises TypeError, AttributeError or KeyError, which the server answers with 500
    exactly where ComfyUI does.
    """
    if dialect.reads_metadata_of_every_graph_node:
        for graph_node in graph.values():
            graph_node.get("class_type")
    outputs: list[str] = []
    for graph_node_id in graph:
        problem = _class_problem(graph, graph_node_id, catalogue, dialect)
        if problem is not None:
            return Verdict(problem)
        info = catalogue.classes[graph[graph_node_id]["class_type"]]
        if info["output_node"] and (targets is None or graph_node_id in targets):
            outputs.append(graph_node_id)
    if not outputs:
        return Verdict(Problem("prompt_no_outputs", "Prompt has no outputs", ""))
    return _GraphCheck(graph, catalogue, dialect, image_exists).check(outputs)


def _class_problem(
    graph: Mapping[str, Any], graph_node_id: str, catalogue: Catalogue, dialect: Dialect
) -> Problem | None:
    graph_node = graph[graph_node_id]
    details = f"Node ID '#{graph_node_id}'"
    missing = "class_type" not in graph_node
    class_type = None if missing else graph_node["class_type"]
    if class_type in catalogue.classes:
        return None
    if not dialect.names_missing_classes:
        sentence = (
            "Cannot execute because a node is missing the class_type property."
            if missing
            else f"Cannot execute because node {class_type} does not exist."
        )
        return Problem("invalid_prompt", sentence, details)
    title = graph_node.get("_meta", {}).get("title", class_type)
    extra = {"node_id": graph_node_id, "class_type": class_type, "node_title": title}
    sentence = (
        f"Node '{title or f'ID #{graph_node_id}'}' has no class_type. "
        "The workflow may be corrupted or a custom node is missing."
        if missing
        else f"Node '{title}' not found. The custom node may not be installed."
    )
    return Problem("missing_node_type", sentence, details, extra)


@dataclass(frozen=True, slots=True)
class _Result:
    valid: bool
    problems: list[Problem]


@dataclass(slots=True)
class _GraphCheck:
    """Checks depth first from the outputs upwards, each graph node once."""

    graph: dict[str, Any]
    catalogue: Catalogue
    dialect: Dialect
    image_exists: Callable[[str], bool]
    _results: dict[str, _Result] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)

    def check(self, outputs: list[str]) -> Verdict:
        good: list[str] = []
        node_errors: dict[str, Any] = {}
        lines: list[str] = []
        for output in outputs:
            result = self._check_output(output)
            if result.valid:
                good.append(output)
                continue
            lines += [f"{problem.message}: {problem.details}" for problem in result.problems]
            self._collect(output, node_errors)
        if good:
            return Verdict(None, good, node_errors)
        failed = Problem("prompt_outputs_failed_validation", "Prompt outputs failed validation", "\n".join(lines))
        return Verdict(failed, [], node_errors)

    def _check_output(self, output: str) -> _Result:
        self._path.clear()
        try:
            return self._check_node(output)
        except _RAISED_BY_BAD_GRAPHS as raised:
            problem = Problem(
                "exception_during_validation",
                "Exception when validating node",
                str(raised),
                {"exception_type": type(raised).__name__, "traceback": traceback.format_tb(raised.__traceback__)},
            )
            self._results[output] = _Result(False, [problem])
            return self._results[output]

    def _collect(self, output: str, node_errors: dict[str, Any]) -> None:
        """Add the problems of this output's graph nodes; those that are invalid only because of an ancestor have
        none."""
        for graph_node_id, result in self._results.items():
            if result.valid or not result.problems:
                continue
            entry = node_errors.setdefault(
                graph_node_id,
                {
                    "errors": [problem.as_json() for problem in result.problems],
                    "dependent_outputs": [],
                    "class_type": self.graph[graph_node_id]["class_type"],
                },
            )
            entry["dependent_outputs"].append(output)

    def _check_node(self, graph_node_id: str) -> _Result:
        if graph_node_id in self._results:
            return self._results[graph_node_id]
        if graph_node_id in self._path:
            return self._cycle(graph_node_id)
        self._path.append(graph_node_id)
        inputs = self.graph[graph_node_id]["inputs"]
        class_type = self.graph[graph_node_id]["class_type"]
        info = self.catalogue.object_info(class_type)
        if info is None:
            raise KeyError(class_type)
        result = self._check_inputs(inputs, class_type, info)
        self._path.pop()
        return self._results.setdefault(graph_node_id, result)

    def _check_inputs(self, inputs: dict[str, Any], class_type: str, info: ClassInfo) -> _Result:
        problems: list[Problem] = []
        valid = True
        for section in ("required", "optional"):
            for name, spec in info["input"].get(section, {}).items():
                check = InputCheck(name, spec, self.dialect)
                if name not in inputs:
                    if section == "required":
                        problems.append(
                            Problem("required_input_missing", "Required input is missing", name, {"input_name": name})
                        )
                elif isinstance(inputs[name], list):
                    problem, sound = self._check_link(inputs[name], check)
                    problems += [problem] if problem else []
                    valid = valid and sound
                else:
                    by_existence = class_type in _CHECKED_BY_EXISTENCE and name == "image"
                    problems += check_constant(inputs, check, only_type=by_existence)
        problems += self._missing_image(class_type, inputs)
        return _Result(valid and not problems, problems)

    def _check_link(self, link: list[Any], check: InputCheck) -> tuple[Problem | None, bool]:
        """The problem of the link itself, and whether everything that it leads to is valid."""
        if len(link) != _LINK_LENGTH:
            sentence = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            return check.problem("bad_linked_input", sentence, check.name, received_value=link), True
        source, slot = link
        received = self.catalogue.classes[self.graph[source]["class_type"]]["output"][slot]
        if not check.accepts(received):
            details = f"{check.name}, received_type({received}) mismatch input_type({check.type_name})"
            sentence = "Return type mismatch between linked nodes"
            return check.problem(
                "return_type_mismatch", sentence, details, received_type=received, linked_node=link
            ), True
        depth = len(self._path)
        try:
            return None, self._check_node(source).valid
        except _RAISED_BY_BAD_GRAPHS as raised:
            del self._path[depth:]
            self._results[source] = _Result(False, [_inner_problem(raised, link, check)])
            return None, False

    def _missing_image(self, class_type: str, inputs: Mapping[str, Any]) -> list[Problem]:
        image = inputs.get("image")
        if class_type not in _CHECKED_BY_EXISTENCE or not isinstance(image, str) or self.image_exists(image):
            return []
        details = f"image - Invalid image file: {image}"
        sentence = "Custom validation failed for node"
        return [Problem("custom_validation_failed", sentence, details, {"input_name": "image"})]

    def _cycle(self, graph_node_id: str) -> _Result:
        if not self.dialect.detects_cycles:
            raise RecursionError("maximum recursion depth exceeded")
        members = self._path[self._path.index(graph_node_id) :]
        steps = [f"{member} ({self.graph[member]['class_type']})" for member in [*members, graph_node_id]]
        for member in members:
            extra = {"node_id": member, "cycle_nodes": members}
            problem = Problem("dependency_cycle", "Dependency cycle detected", " -> ".join(steps), extra)
            self._results[member] = _Result(False, [problem])
        return self._results[graph_node_id]


_CHECKED_BY_EXISTENCE = frozenset({"LoadImage", "LoadImageMask"})

_RAISED_BY_BAD_GRAPHS = (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)
"""Exceptions from reading a graph of unexpected shape; ComfyUI reports them like other validation errors."""


def _inner_problem(raised: Exception, link: list[Any], check: InputCheck) -> Problem:
    return check.problem(
        "exception_during_inner_validation",
        "Exception when validating inner node",
        str(raised),
        exception_message=str(raised),
        exception_type=type(raised).__name__,
        traceback=traceback.format_tb(raised.__traceback__),
        linked_node=link,
    )
