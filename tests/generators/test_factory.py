"""Generators by their names: built-in ones, those of other packages, and those that a program adds."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.generators.pens import Pen, PenConfig
from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import Misconfigured
from vibes.generators.factory import BUILT_IN, GENERATORS, Generators, create_generator
from vibes.generators.offers import GeneratorOperation

REGISTRATION = {"config_class": PenConfig, "generator_class": Pen}


def test_every_built_in_generator_can_be_loaded_and_is_called_as_its_settings_say() -> None:
    for name in BUILT_IN:
        registration = GENERATORS[name]
        assert issubclass(registration["config_class"], BaseGeneratorConfig)
        assert registration["config_class"].model_fields["strategy"].default == name
        for field, info in registration["config_class"].model_fields.items():
            assert info.description, f"{name} says nothing of {field}"


def test_a_generator_is_made_of_its_name_a_mapping_or_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GENERATORS, "pen", REGISTRATION)
    for config in ("pen", {"strategy": "pen", "colour": "red"}, PenConfig(colour="red")):
        generator = create_generator(config, tmp_path, max_concurrent=2, ink="black")
        assert isinstance(generator, Pen)
        assert (generator.max_concurrent, generator.given) == (2, {"ink": "black"})
        assert generator.config.colour == ("blue" if config == "pen" else "red")


@pytest.mark.parametrize("wrong", [{}, Pen, {"config_class": PenConfig}, {"config_class": Pen, "generator_class": Pen}])
def test_what_is_no_generator_is_refused(wrong: object) -> None:
    with pytest.raises(Misconfigured, match="the generator pen is no dictionary of a config_class"):
        Generators({})["pen"] = wrong  # type: ignore[assignment]  # that is the mistake


def add_entry_point(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Generators:
    generators = Generators(BUILT_IN)
    point = EntryPoint(name=name, value=value, group="vibes.generators")
    monkeypatch.setattr("vibes.generators.registry.entry_points", lambda group: [point])
    return generators


def test_an_installed_package_adds_a_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    generators = add_entry_point(monkeypatch, "pen", f"{__name__}:REGISTRATION")
    assert "pen" in generators
    assert [*generators] == [*BUILT_IN, "pen"]
    assert len(generators) == len(BUILT_IN) + 1
    assert generators["pen"]["generator_class"] is Pen


def test_an_installed_package_replaces_no_built_in_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    generators = add_entry_point(monkeypatch, "mock", f"{__name__}:REGISTRATION")
    assert generators["mock"]["generator_class"] is not Pen


@pytest.mark.parametrize("value", ["no_such_package:X", f"{__name__}:nothing", f"{__name__}:Pen"])
def test_a_broken_package_is_told_and_breaks_nothing_else(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    generators = add_entry_point(monkeypatch, "pen", value)
    with pytest.raises(Misconfigured, match="generator pen"):
        generators["pen"]
    assert "mock" in generators
    with pytest.raises(KeyError):
        generators["pencil"]


def test_a_generator_that_is_not_asked_for_costs_nothing() -> None:
    """Neither Pillow nor a provider's client is loaded by the base classes, the factory and the names of all."""
    code = (
        "import sys, vibes.generators.generator, vibes.generators.settings_file\n"
        "from vibes.generators.factory import GENERATORS\n"
        "assert 'mock' in [*GENERATORS]\n"
        "heavy = {'PIL', 'httpx', 'aiohttp', 'torch', 'diffusers', 'openai', 'fal_client', 'vastai', 'sqlalchemy'}\n"
        "print(sorted(heavy & {*sys.modules}), [each for each in sys.modules if 'generators.mock' in each])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert said.stdout.strip() == "[] []"


def test_the_operations_are_the_hubs() -> None:
    from vibes.domain.pictures.spec import Operation  # noqa: PLC0415 - only this test knows both

    assert {each.value for each in GeneratorOperation} <= {each.value for each in Operation}
