"""A fleet of one generator, for `vibes serve --generator-strategy`: its settings become a fleet file of the hub."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from vibes.environment.settings import Settings
from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import Misconfigured
from vibes.generators.factory import create_generator, settings_of
from vibes.generators.keys import with_keys
from vibes.generators.offers import GeneratorOperation, ModelOffer, Offers
from vibes.generators.settings_file import read_settings

FILE = "generator.yaml"
"""In the data folder, written anew at each start; the hub follows edits of it as of any fleet file."""

_USUAL_SIDES = {"sd15": 512, "sdxl": 1024}
"""Families that a generator may draw for without being one of them, each with its usual side in pixels."""
_CAPABILITIES = {GeneratorOperation.UPSCALE: "upscale", GeneratorOperation.CONTROLNET: "controlnet"}


def with_single_generator(settings: Settings, strategy: str | None, config: Path | None) -> Settings:
    """The settings with a fleet of this generator alone. ``config``: a TOML file with its settings, which also names
    the strategy where ``strategy`` does not. Keys come from the environment or `.env`, beside the TOML file or in the
    present folder, and stay there: the hub reads them anew.

    Raises Misconfigured with advice, and with file and line of each mistake in ``config``.
    """
    keys = settings.provider_keys or (config.parent if config is not None else Path()) / ".env"
    env_files = [keys]
    if config is not None:
        chosen = read_settings(config, strategy=strategy, env_files=env_files)
    else:
        chosen = settings_of(strategy or "", env_files)
    path = settings.data / FILE
    settings.data.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # keys may stand in it, those of the TOML file
    entry = _entry(chosen, keys)
    path.write_text(yaml.safe_dump({"nodes": [entry]}, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return settings.model_copy(update={"config": path, "provider_keys": keys.absolute()})


def _entry(config: BaseGeneratorConfig, keys: Path) -> dict[str, Any]:
    offers = create_generator(config).offers()
    if not offers.models:
        raise Misconfigured(f"{config.strategy} offers no model to draw with")
    return {
        "id": config.strategy,
        "kind": config.strategy,
        "name": config.strategy,
        "tier": "standard",
        "capabilities": sorted({*_families(offers), *_further(offers)}),
        "options": _options(config, keys),
    }


def _options(config: BaseGeneratorConfig, keys: Path) -> dict[str, Any]:
    """What somebody said, without the keys that the hub finds by itself."""
    said = _plain(config.model_dump(exclude={"strategy"}, exclude_unset=True))
    found = with_keys(type(config), {"strategy": config.strategy}, [keys])
    return {name: value for name, value in said.items() if found.get(name) != value}


def _families(offers: Offers) -> Iterator[str]:
    for model in offers.models:
        if model.family is not None:
            yield model.family
        else:
            yield from (family for family, side in _USUAL_SIDES.items() if _draws(model, side))


def _draws(model: ModelOffer, side: int) -> bool:
    return model.sizes.refuses(side, side) is None


def _further(offers: Offers) -> Iterator[str]:
    for model in offers.models:
        yield from (_CAPABILITIES[operation] for operation in model.operations if operation in _CAPABILITIES)


def _plain(value: Any) -> Any:
    """As YAML can say it."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case set() | frozenset():
            return sorted(_plain(each) for each in value)
        case bool() | int() | float() | None:
            return value
        case _:
            return str(value)
