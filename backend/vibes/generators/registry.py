"""Every generator by its name: the built-in ones, those of other packages, and those that a program adds itself.

Needs no more than names: what a generator is made of is loaded with the first one that is asked for.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, TypedDict

from vibes.generators.errors import Misconfigured

if TYPE_CHECKING:
    from vibes.generators.config import BaseGeneratorConfig
    from vibes.generators.generator import ImageGenerator

GROUP = "vibes.generators"
"""Of the entry points by which other packages add generators; each leads to a `Registration`."""


class Registration(TypedDict):
    """A generator and the model of its settings."""

    config_class: "type[BaseGeneratorConfig]"
    generator_class: "type[ImageGenerator]"


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


def _checked(name: str, registration: Any) -> Registration:
    """Also the plain dictionary that a program adds."""
    from vibes.generators.config import BaseGeneratorConfig
    from vibes.generators.generator import ImageGenerator

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
