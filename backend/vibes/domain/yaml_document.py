"""YAML that remembers where each value stands, so that a mistake is reported with file and line."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from vibes.domain.errors import DocumentProblem, InvalidDocument

Path = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A parsed YAML file; ``value`` is plain data, `problem` locates a complaint about a part of it."""

    file: str
    value: Any
    positions: dict[Path, Position]

    def problem(self, path: Sequence[str | int], message: str) -> DocumentProblem:
        """The complaint at the place of ``path``, or of its nearest ancestor that exists in the file."""
        location = tuple(path)
        while location and location not in self.positions:
            location = location[:-1]
        line, column = self.positions.get(location, (1, 1))
        return DocumentProblem(self.file, line, column, message)


class _UniqueKeyLoader(yaml.SafeLoader):
    """SafeLoader that refuses a key given twice instead of silently taking the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
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

    Raises InvalidDocument with line and column on malformed text, a duplicate key or a tab as indentation.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a subclass of SafeLoader
        positions = dict(_positions(root, ())) if root is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise InvalidDocument([DocumentProblem(file, line, column, _sentence(error))]) from error
    except RecursionError as error:
        raise InvalidDocument(
            [DocumentProblem(file, 0, 0, "nested too deep, or an alias that contains itself")]
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidDocument([DocumentProblem(file, 0, 0, str(error))]) from error
    return YamlDocument(file, value, positions)


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
