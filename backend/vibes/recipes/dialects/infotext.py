"""A1111's text: the prompt, a negative prompt, and a line of settings. Many other programs write it too."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SETTINGS = re.compile(r"^\s*Steps: ?\d")
_BEHIND_A_TEXT = re.compile(r"[\s,.;](?=Steps: ?\d{1,4}, ?(?:Sampler|Schedule|CFG|Seed|Size|Model|Version)\b)")
"""Where settings begin in a line that begins with a prompt, as some programs and people join them."""
_NEGATIVE = "Negative prompt:"
_PAIR = re.compile(r"\s*([^\W_][\w \-/()]{0,60}?):\s*")
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"')
_LEAST_PAIRS = 3
_MOST_PAIRS = 500
_MOST_MISTAKES = 8
"""JSON that is none is looked at to its end, so that only so many are tried."""
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Infotext:
    prompt: str
    negative_prompt: str
    settings: Mapping[str, Any]
    """By name, as written: texts, or what JSON among them means."""

    def value(self, name: str) -> Any:
        """Whatever the letter case: ``CFG Scale`` is written, too."""
        if name in self.settings:
            return self.settings[name]
        folded = name.casefold()
        return next((value for each, value in self.settings.items() if each.casefold() == folded), None)

    def text(self, name: str) -> str | None:
        value = self.value(name)
        return value if isinstance(value, str) else None


def infotext_of(text: str) -> Infotext | None:
    """None for a text without settings in which no line begins with what is not wanted either."""
    lines = _parted(text[:_LONGEST].strip().splitlines())
    end = _settings_line(lines)
    if end is None:
        if not any(each.lstrip().startswith(_NEGATIVE) for each in lines):
            return None
        end = len(lines)
    settings = dict(_pairs("\n".join(lines[end:])))
    negative = next((index for index in range(end) if lines[index].lstrip().startswith(_NEGATIVE)), end)
    unwanted = "\n".join(lines[negative:end]).strip().removeprefix(_NEGATIVE)
    return Infotext("\n".join(lines[:negative]).strip(), unwanted.strip(), settings)


def _parted(lines: list[str]) -> list[str]:
    """With the settings in a line of their own, and the negative prompt before them too."""
    if not lines or any(map(_SETTINGS.match, lines)):
        return lines
    number = next((each for each in range(len(lines) - 1, -1, -1) if _BEHIND_A_TEXT.search(lines[each])), None)
    if number is None:
        return lines
    begin = [*_BEHIND_A_TEXT.finditer(lines[number])][-1].end()
    before, settings = lines[number][:begin].rstrip(", "), lines[number][begin:]
    head, negative, rest = before.partition(f" {_NEGATIVE}")
    parts = [head.rstrip(", "), f"{negative.lstrip()}{rest}"] if negative else [before]
    return [*lines[:number], *parts, settings, *lines[number + 1 :]]


def _settings_line(lines: list[str]) -> int | None:
    """The last line that begins with steps; else the last line of all, where it holds settings."""
    found = next((index for index in range(len(lines) - 1, -1, -1) if _SETTINGS.match(lines[index])), None)
    if found is not None or not lines:
        return found
    names = {name for name, _ in _pairs(lines[-1])}
    known = names & {"Seed", "Sampler", "CFG scale", "Size", "Model", "Model hash", "Steps"}
    return len(lines) - 1 if len(known) >= _LEAST_PAIRS else None


def named_values(value: object) -> Iterator[tuple[str, str]]:
    """Of ``name: value, name: value`` in a text, or of an object."""
    if isinstance(value, dict):
        yield from ((name, each) for name, each in value.items() if isinstance(each, str))
    elif isinstance(value, str):
        for item in value[:_LONGEST].split(",")[:_MOST_PAIRS]:
            name, colon, rest = item.partition(":")
            if colon and name.strip():
                yield name.strip(), rest.strip()


def _pairs(line: str) -> Iterator[tuple[str, Any]]:
    decoder = json.JSONDecoder()
    mistakes = position = 0
    for _ in range(_MOST_PAIRS):
        pair = _PAIR.match(line, position)
        if pair is None:
            position = line.find(",", position) + 1
            if position == 0:
                return
            continue
        value: Any = None
        begin, first = pair.end(), line[pair.end() : pair.end() + 1]
        quoted = _QUOTED.match(line, begin) if first == '"' else None
        end = quoted.end() if quoted else begin
        if quoted:
            value = _unquoted(quoted[0])
        elif first and first in "{[" and mistakes < _MOST_MISTAKES:
            try:
                value, end = decoder.raw_decode(line, begin)
            except (ValueError, RecursionError):
                mistakes += 1
        comma = line.find(",", end)
        comma = len(line) if comma < 0 else comma
        yield pair[1].strip(), line[begin:comma].strip() if end == begin else value
        position = comma + 1


def _unquoted(text: str) -> str:
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return text[1:-1]
    return value if isinstance(value, str) else text[1:-1]
