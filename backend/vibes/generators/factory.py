"""Makes generators by their names, with settings that are checked by their own models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import InvalidSettings, Misconfigured, SettingProblem
from vibes.generators.generator import ImageGenerator
from vibes.generators.keys import key_variables, with_keys
from vibes.generators.registry import BUILT_IN, GENERATORS, Generators, Registration
from vibes.text.near_names import near_name_hint

__all__ = ["BUILT_IN", "GENERATORS", "Generators", "Registration", "create_generator", "known_name", "settings_of"]


def create_generator(
    config: BaseGeneratorConfig | Mapping[str, Any] | str, output_dir: str | Path = "generated", **kwargs: Any
) -> ImageGenerator:
    """A generator, not started: from its settings, from a mapping of them with its ``strategy``, or from the strategy's
    name where every other setting has a default or is a key that the environment has. ``kwargs`` go to its constructor.
    Raises as `settings_of` does."""
    settings = config if isinstance(config, BaseGeneratorConfig) else settings_of(config)
    return GENERATORS[known_name(settings.strategy)]["generator_class"](settings, output_dir, **kwargs)


def settings_of(config: Mapping[str, Any] | str, env_files: Sequence[Path] = ()) -> BaseGeneratorConfig:
    """Checked by the generator's own model, its keys found by `with_keys`. Raises InvalidSettings, and Misconfigured
    where there is no such generator, it cannot be loaded, or an env file cannot be understood."""
    values = {"strategy": config} if isinstance(config, str) else dict(config)
    strategy = values["strategy"] = known_name(str(values.get("strategy", "")))
    config_class = GENERATORS[strategy]["config_class"]
    try:
        return config_class.model_validate(with_keys(config_class, values, env_files))
    except ValidationError as error:
        problems = _problems(config_class, strategy, error, env_files)
        found = key_variables(config_class, strategy).keys() - values.keys()
        raise InvalidSettings(strategy, [replace(each, of_secret=each.key in found) for each in problems]) from None


def known_name(strategy: str) -> str:
    """The name of this generator, which may be written with dashes or underscores. Misconfigured with the nearest names
    where there is none."""
    spellings = dict.fromkeys((strategy, strategy.replace("_", "-"), strategy.replace("-", "_")))
    known = next((each for each in spellings if each in GENERATORS), None)
    if known is None:
        hint = near_name_hint(strategy, GENERATORS) or f": there are {', '.join(sorted(GENERATORS))}"
        raise Misconfigured(f"there is no generator {strategy!r}{hint}")
    return known


def _problems(
    config_class: type[BaseGeneratorConfig], strategy: str, error: ValidationError, env_files: Sequence[Path]
) -> Iterator[SettingProblem]:
    keys = key_variables(config_class, strategy)
    for each in error.errors(include_url=False, include_input=False):
        key = ".".join(map(str, each["loc"]))
        match each["type"]:
            case "extra_forbidden":
                yield SettingProblem(key, f"unknown setting{_advice(config_class, each['loc'])}")
            case "missing" if key in keys:
                places = " or into ".join(["the environment", *map(str, env_files)])
                yield SettingProblem(key, f"put {keys[key][0]}=… into {places}")
            case "missing" if key in config_class.model_fields:
                yield SettingProblem(key, f"is required: {config_class.model_fields[key].description}")
            case _:
                yield SettingProblem(key, each["msg"])


def _advice(model: type[BaseModel], place: Sequence[int | str]) -> str:
    """The names most like the last one of ``place``, among those that the model has there."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    known = [name for name in model.model_fields if name != "strategy"]
    return near_name_hint(str(place[-1]), known) or f": it has {', '.join(known)}"


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
