"""Settings of one generator in a TOML file: which one, and a table of its own; its keys come from `.env` files.

[generator]
strategy = "your_generator"

[your_generator]
model_name = "premium-model"
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import InvalidSettings, Misconfigured
from vibes.generators.factory import known_name, settings_of

COMMON = "generator"
"""The table that names the strategy; what else stands in it holds for every generator, unless its own table says
otherwise."""
_LARGEST = 2**20
"""Bytes: a file of settings has a few hundred."""


def read_settings(
    path: Path, *, strategy: str | None = None, env_files: Sequence[Path] | None = None
) -> BaseGeneratorConfig:
    """Those of ``strategy``, or of the one that the file names. Keys are looked for in the environment and in
    ``env_files``, by default `.env` beside the file. Raises Misconfigured with file, line and advice for every mistake;
    tables of other generators are not looked at."""
    text = _text(path)
    document = _document(path, text)
    common = _table(path, document, COMMON)
    chosen = strategy or common.get("strategy")
    if not isinstance(chosen, str) or not chosen:
        raise Misconfigured(f'{path}: no generator is chosen: put strategy = "…" under [{COMMON}]')
    name = known_name(chosen)
    own = _own_table(document, name)
    values = {**common, **_table(path, document, own), "strategy": name}
    files = [path.parent / ".env"] if env_files is None else env_files
    try:
        return settings_of(values, files)
    except InvalidSettings as error:
        places = ((_line_of(text, each.key.partition(".")[0], own), each) for each in error.problems)
        told = (f"{path}{f':{line}' if line else ''}: {each.key}: {each.message}" for line, each in places)
        raise Misconfigured("\n".join(told)) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise Misconfigured(f"{path}: more than {_LARGEST} bytes are no file of settings")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{path}: it is no UTF-8 text") from error
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from error


def _document(path: Path, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misconfigured(f"{path}: it is no TOML: {error}") from error


def _table(path: Path, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, Mapping):
        raise Misconfigured(f"{path}: {name} must be a table, [{name}]")
    return table


def _own_table(document: Mapping[str, Any], name: str) -> str:
    """A table may be written with dashes or underscores, however the generator is."""
    return next((each for each in document if each.replace("_", "-") == name.replace("_", "-")), name)


def _line_of(text: str, key: str, own: str) -> int | None:
    """Where a key of the generator's own table stands, else where one of the common table does."""
    places: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if header:
            table = header[1].strip("\"'")
        elif re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""", line):
            places.setdefault(table, number)
        if table in {f"{own}.{key}", f"{COMMON}.{key}"}:
            places.setdefault(table.partition(".")[0], number)
    return places.get(own, places.get(COMMON))
