"""Every generator by its name: the built-in ones, those of other packages, and those that a program adds itself."""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypedDict

from pydantic import ValidationError

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import InvalidSettings, Misconfigured, SettingProblem
from vibes.generators.generator import ImageGenerator
from vibes.generators.keys import key_variables, with_keys
from vibes.text.near_names import near_name_hint

GROUP = "vibes.generators"
"""Of the entry points by which other packages add generators; each leads to a `Registration`."""


class Registration(TypedDict):
    """A generator and the model of its settings."""

    config_class: type[BaseGeneratorConfig]
    generator_class: type[ImageGenerator]


BUILT_IN: Mapping[str, str] = {
    "mock": "vibes.generators.mock.mock_generator:REGISTRATION",
    "diffusers": "vibes.generators.local.local_generator:REGISTRATION",
    "fal-comfy": "vibes.generators.fal.fal_comfy_generator:REGISTRATION",
    "fal-lightning": "vibes.generators.fal.fal_lightning_i2i_generator:REGISTRATION",
    "openai": "vibes.generators.openai.openai_generator:REGISTRATION",
}
"""By name: module and name of a `Registration`, loaded when it is asked for."""


class Generators(MutableMapping[str, Registration]):
    """Loads a generator when it is asked for, so that nobody pays for the libraries of those that are not used."""

    def __init__(self, built_in: Mapping[str, str]) -> None:
        self._built_in = built_in
        self._added: dict[str, Registration] = {}
        self._entry_points: dict[str, EntryPoint] | None = None

    def __getitem__(self, name: str) -> Registration:
        """KeyError without such a generator, Misconfigured where it cannot be loaded."""
        if name not in self._added:
            self._added[name] = self._loaded(name)
        return self._added[name]

    def __setitem__(self, name: str, registration: Registration) -> None:
        self._added[name] = _checked(name, registration)

    def __delitem__(self, name: str) -> None:
        del self._added[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._built_in, *self._added, *self.of_other_packages()]))

    def __len__(self) -> int:
        return len([*iter(self)])

    def __contains__(self, name: object) -> bool:
        return name in self._added or name in self._built_in or name in self.of_other_packages()

    def of_other_packages(self) -> Mapping[str, EntryPoint]:
        """Those that an installed package adds; one with the name of a built-in generator does not count."""
        if self._entry_points is None:
            found = {each.name: each for each in entry_points(group=GROUP)}
            self._entry_points = {name: each for name, each in found.items() if name not in self._built_in}
        return self._entry_points

    def look_again(self) -> None:
        """For packages that were installed since."""
        self._entry_points = None

    def _loaded(self, name: str) -> Registration:
        if name in self._built_in:
            module, _, attribute = self._built_in[name].partition(":")
            return _checked(name, getattr(import_module(module), attribute))
        entry = self.of_other_packages()[name]
        package = entry.dist.name if entry.dist is not None else entry.value
        try:
            return _checked(name, entry.load())
        except Misconfigured:
            raise
        except Exception as error:  # code of others may fail with anything
            raise Misconfigured(f"the generator {name} of {package} cannot be loaded: {error}") from error


GENERATORS = Generators(BUILT_IN)


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
        raise InvalidSettings(strategy, [*_problems(config_class, strategy, error, env_files)]) from None


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
        known = [name for name in config_class.model_fields if name != "strategy"]
        match each["type"]:
            case "extra_forbidden":
                hint = near_name_hint(key, known) or f": it has {', '.join(known)}"
                yield SettingProblem(key, f"unknown setting{hint}")
            case "missing" if key in keys:
                places = " or into ".join(["the environment", *map(str, env_files)])
                yield SettingProblem(key, f"put {keys[key][0]}=… into {places}")
            case "missing" if key in known:
                yield SettingProblem(key, f"is required: {config_class.model_fields[key].description}")
            case _:
                yield SettingProblem(key, each["msg"])


def _checked(name: str, registration: Any) -> Registration:
    """Also the plain dictionary that a program adds."""
    if (
        isinstance(registration, Mapping)
        and isinstance(config := registration.get("config_class"), type)
        and issubclass(config, BaseGeneratorConfig)
        and isinstance(generator := registration.get("generator_class"), type)
        and issubclass(generator, ImageGenerator)
    ):
        return {"config_class": config, "generator_class": generator}
    raise Misconfigured(
        f"the generator {name} is no dictionary of a config_class (a BaseGeneratorConfig) "
        "and a generator_class (an ImageGenerator)"
    )
