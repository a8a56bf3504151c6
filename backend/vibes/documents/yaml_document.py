"""YAML that remembers where each value stands, so that a mistake is reported with file and line."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.text.plain_text import encodable

Path = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A parsed YAML file; ``value`` is plain data, `problem` gives a message the place of a part of it."""

    file: str
    value: Any
    positions: dict[Path, Position]

    def problem(self, path: Sequence[str | int], message: str) -> DocumentProblem:
        """A problem at the place of ``path``, or of its nearest ancestor in the file."""
        location = tuple(path)
        while location and location not in self.positions:
            location = location[:-1]
        line, column = self.positions.get(location, (1, 1))
        return DocumentProblem(self.file, line, column, message)


MAX_CHARACTERS = 512 * 1024
"""Most characters of a file: enough for two thousand nodes, which take seconds to parse."""
MAX_NESTING = 32
MAX_VALUES = 50_000
"""Most values with aliases expanded: a few lines of nested aliases can stand for billions."""
_LONGEST_NUMBER = 100
_TEXT = "tag:yaml.org,2002:str"


class _CarefulLoader(yaml.SafeLoader):
    """SafeLoader that refuses excessive nesting and repetition before anything reads it, and duplicate keys, of which
    YAML would silently take the last."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._sizes: dict[yaml.Node, int] = {}
        """Number of values in each node that was read completely."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave its type out
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise _refusal(f"nested deeper than {MAX_NESTING} levels", event)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        if node is None:
            return None
        if isinstance(event, yaml.AliasEvent):
            if node not in self._sizes:
                raise _refusal("an alias that contains itself", event)
        else:
            self._sizes[node] = self._size(node, event)
        if self._sizes[node] > MAX_VALUES:
            raise _refusal(f"more than {MAX_VALUES:,} values, counting what aliases repeat", event)
        return node

    def _size(self, node: yaml.Node, event: Any) -> int:
        if isinstance(node, yaml.MappingNode):
            return 1 + sum(self._sizes[key] + self._sizes[value] for key, value in node.value)
        if isinstance(node, yaml.SequenceNode):
            return 1 + sum(self._sizes[item] for item in node.value)
        if node.tag != _TEXT and len(node.value) > _LONGEST_NUMBER:
            raise _refusal(f"a number or date of more than {_LONGEST_NUMBER} characters", event)
        if encodable(node.value) != node.value:
            raise _refusal("half of a surrogate pair, which is not a character", event)
        return 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Refuses a value that is not what its tag says, such as ``!!bool x``, at which PyYAML breaks in many ways."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise _misfit(node) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        if not isinstance(node, yaml.MappingNode):  # a list can claim to be one
            raise _misfit(node)
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    None,
                    None,
                    f"a key must be a plain value, not {key!r}; put text with braces in quotes",
                    key_node.start_mark,
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str, file: str) -> YamlDocument:
    """Parse one YAML document.

    Raises InvalidDocument, with line and column, for malformed text, duplicate keys, tabs as indentation, and documents
    that are too large, too deep, or expand too many aliases.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidDocument([DocumentProblem(file, 0, 0, f"longer than {MAX_CHARACTERS:,} characters")])
    try:
        loader = _CarefulLoader(text)
        root = loader.get_single_node()
        value = loader.construct_document(root) if root is not None else None
        positions = dict(_positions(root, ())) if root is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise InvalidDocument([DocumentProblem(file, line, column, _sentence(error))]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidDocument([DocumentProblem(file, 0, 0, str(error))]) from error
    return YamlDocument(file, value, positions)


def _refusal(reason: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)


def _misfit(node: yaml.Node) -> yaml.MarkedYAMLError:
    """Of a value that is not what its tag says."""
    shown = f"{node.value!r} is" if isinstance(node, yaml.ScalarNode) else "this is"
    kind = node.tag.rpartition(":")[2]
    return yaml.MarkedYAMLError(problem=f"{shown} no valid value of the type {kind}", problem_mark=node.start_mark)


def _sentence(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "not valid YAML"
    if "\\t" in problem:
        return "a tab character cannot be used for indentation in YAML; use spaces"
    return f"{error.context}: {problem}" if error.context else problem


def _positions(node: yaml.Node, path: Path) -> Iterator[tuple[Path, Position]]:
    yield path, (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            key_path = (*path, key_node.value)
            yield from _positions(value_node, key_path)
            yield key_path, (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _positions(item, (*path, index))
