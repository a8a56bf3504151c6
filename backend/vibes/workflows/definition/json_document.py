"""JSON that remembers where each value stands, and that takes an unquoted ``{{name}}`` for a value."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator

from vibes.documents.yaml_document import MAX_NESTING, Path, Position, YamlDocument
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.text.json_text import without_halves

_UNQUOTED = r"\{\{\s*[A-Za-z_]\w*\s*\}\}"
_STRING = r'"(?:[^"\\]++|\\.)*+"?+'
"""A string, closed or not. The possessive quantifiers keep an unclosed one from being tried again at each of its
quotes."""
_STRING_OR_UNQUOTED = re.compile(f"{_STRING}|{_UNQUOTED}", re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|{_UNQUOTED}|[{{}}\[\]:,]|[^\s{{}}\[\]:,\"]+", re.DOTALL)

_Token = re.Match[str]


def parse_json(text: str, file: str) -> YamlDocument:
    """Parse a JSON document into the same kind of document as YAML, of which JSON is a part.

    ``{{seed}}`` outside a string reads as ``"{{seed}}"``. Raises InvalidDocument, with line and column where known, for
    malformed text, a repeated key, NaN and Infinity. Half of a surrogate pair, which no answer could hold, is read as
    a question mark.
    """
    text = without_halves(text)
    quoted, added = _with_quotes(text)
    try:
        value = json.loads(quoted, parse_constant=_refuse_constant)
        positions = _positions(text, file)
    except json.JSONDecodeError as error:
        line, column = _position(_line_ends(text), error.pos - bisect_left(added, error.pos))
        raise InvalidDocument([DocumentProblem(file, line, column, f"not valid JSON: {error.msg}")]) from error
    except RecursionError as error:
        raise InvalidDocument([DocumentProblem(file, 0, 0, "nested too deeply")]) from error
    except ValueError as error:  # NaN, Infinity, or a number of thousands of digits
        raise InvalidDocument([DocumentProblem(file, 0, 0, f"not valid JSON: {error}")]) from error
    return YamlDocument(file, value, positions)


def _with_quotes(text: str) -> tuple[str, list[int]]:
    """The text with each bare placeholder quoted, and the offsets at which quotes were added."""
    pieces: list[str] = []
    added: list[int] = []
    copied = 0
    for token in _STRING_OR_UNQUOTED.finditer(text):
        if token[0].startswith("{"):
            added.append(token.start() + len(added))
            added.append(token.end() + len(added))
            pieces += [text[copied : token.start()], '"', token[0], '"']
            copied = token.end()
    pieces.append(text[copied:])
    return "".join(pieces), added


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _line_ends(text: str) -> list[int]:
    return [match.start() for match in re.finditer("\n", text)]


def _position(line_ends: list[int], offset: int) -> Position:
    line = bisect_left(line_ends, offset)
    return line + 1, offset - (line_ends[line - 1] if line else -1)


def _positions(text: str, file: str) -> dict[Path, Position]:
    """Where each value of a valid text begins."""
    tokens = _TOKEN.finditer(text)
    line_ends = _line_ends(text)
    positions: dict[Path, Position] = {}
    for path, offset in _walk(next(tokens), tokens, ()):
        place = _position(line_ends, offset)
        if len(path) > MAX_NESTING:
            raise InvalidDocument([DocumentProblem(file, *place, f"nested deeper than {MAX_NESTING} levels")])
        if path in positions:
            raise InvalidDocument([DocumentProblem(file, *place, f"the key {path[-1]!r} is given twice")])
        positions[path] = place
    return positions


def _walk(token: _Token, tokens: Iterator[_Token], path: Path) -> Iterator[tuple[Path, int]]:
    yield path, token.start()
    if token[0] == "{":
        yield from _members(tokens, path)
    elif token[0] == "[":
        yield from _items(tokens, path)


def _members(tokens: Iterator[_Token], path: Path) -> Iterator[tuple[Path, int]]:
    for key in tokens:
        if key[0] == "}":
            return
        if key[0] != ",":
            next(tokens)  # the colon
            yield from _walk(next(tokens), tokens, (*path, json.loads(key[0])))


def _items(tokens: Iterator[_Token], path: Path) -> Iterator[tuple[Path, int]]:
    index = 0
    for item in tokens:
        if item[0] == "]":
            return
        if item[0] != ",":
            yield from _walk(item, tokens, (*path, index))
            index += 1
