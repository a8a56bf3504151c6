"""Keys of providers: from the process's environment and from `.env` files, never from a file that is passed around.

Every setting whose name says that it is a secret is looked for, unless it is given. Its variable is called after
generator and setting (``YOUR_SERVICE_API_KEY``), or as the setting says itself (`key_field`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from vibes.generators.config import BaseGeneratorConfig, is_secret
from vibes.generators.errors import Misconfigured


def key_field(variable: str, description: str, *, required: bool = True) -> Any:
    """A secret setting with a variable of this name, such as the one that its provider's own tools read. One that is
    not required is None where nobody says it."""
    extra: dict[str, Any] = {"variable": variable}
    if required:
        return Field(description=description, json_schema_extra=extra)
    return Field(default=None, description=description, json_schema_extra=extra)


def key_variables(config_class: type[BaseGeneratorConfig], strategy: str) -> dict[str, tuple[str, ...]]:
    """By secret setting: the variables that may hold it, the first one that is set counts."""
    prefix = strategy.replace("-", "_").upper()
    variables: dict[str, tuple[str, ...]] = {}
    for name, field in config_class.model_fields.items():
        if not is_secret(name) and field.annotation not in {SecretStr, SecretStr | None}:
            continue
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        own = [str(extra["variable"])] if "variable" in extra else []
        variables[name] = tuple(dict.fromkeys([*own, f"{prefix}_{name.upper()}"]))
    return variables


def with_keys(
    config_class: type[BaseGeneratorConfig], values: Mapping[str, Any], env_files: Sequence[Path] = ()
) -> dict[str, Any]:
    """The values with every secret that is not among them and is set somewhere. The environment counts before files,
    a later file before an earlier one; a file that does not exist says nothing. Misconfigured where one cannot be
    understood."""
    wanted = {
        name: variables
        for name, variables in key_variables(config_class, str(values.get("strategy", ""))).items()
        if name not in values
    }
    found = variables_in({each for variables in wanted.values() for each in variables}, env_files)
    keys = {
        name: next((found[each] for each in variables if each in found), None) for name, variables in wanted.items()
    }
    return {**values, **{name: key for name, key in keys.items() if key is not None}}


def keys_digest(found: BaseGeneratorConfig) -> str:
    """Of all its secrets: two of them are equal where all their keys are."""
    names = sorted(key_variables(type(found), found.strategy))
    keys = [
        (name, value.get_secret_value() if isinstance(value := getattr(found, name), SecretStr) else value)
        for name in names
    ]
    return hashlib.sha256(repr(keys).encode()).hexdigest() if keys else ""


class _Variables(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", case_sensitive=True, env_ignore_empty=True)


def variables_in(names: set[str], env_files: Sequence[Path]) -> dict[str, str]:
    """Those of the variables that are set in the environment or in one of the files. Raises Misconfigured."""
    if not names:
        return {}
    files = [file for file in env_files if file.is_file()]
    problems = [problem for file in files for problem in _problems_of(file)]
    if problems:
        raise Misconfigured("; ".join(problems))
    fields: dict[str, Any] = dict.fromkeys(sorted(names), (str | None, None))
    variables: type[BaseSettings] = create_model("Variables", __base__=_Variables, **fields)
    read = variables(_env_file=files)
    return {name: value for name, value in read.model_dump().items() if value is not None}


def _problems_of(file: Path) -> Iterator[str]:
    """Told by their lines alone: what stands there may be a key."""
    try:
        with file.open(encoding="utf-8") as stream:
            wrong = [each.original.line for each in parse_stream(stream) if each.error]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        yield f"{file} cannot be read: {reason}"
        return
    yield from (f"{file}:{line}: no NAME=value" for line in wrong)
