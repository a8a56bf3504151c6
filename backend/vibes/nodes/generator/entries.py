"""Entries of ``gpus.yaml`` whose kind is a generator: whether their options are right, and what need not be said."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import InvalidSettings, Misconfigured
from vibes.generators.factory import create_generator, settings_of
from vibes.generators.keys import keys_digest
from vibes.generators.offers import Offers, SizeRule
from vibes.ports.kinds import OptionProblem

SERVES = "serves"
"""The one option that is the hub's: checkpoints of other nodes that this one may stand in for."""
UNKNOWN_SIDE = 2048
"""Side in pixels of the largest square that is asked of a model which sets no limit itself."""


def entry_settings(name: str, options: Mapping[str, Any], env_files: Sequence[Path]) -> BaseGeneratorConfig:
    """Raises as `settings_of` does."""
    own = {key: value for key, value in options.items() if key != SERVES}
    return settings_of({**own, "strategy": name}, env_files)


def entry_keys_digest(name: str, options: Mapping[str, Any], env_files: Sequence[Path]) -> str:
    """Of the keys that are there for it; empty without any, and for options that are wrong, which is told elsewhere."""
    try:
        return keys_digest(entry_settings(name, options, env_files))
    except Misconfigured:
        return ""


def option_problems(name: str, options: Mapping[str, Any], env_files: Sequence[Path]) -> Iterator[OptionProblem]:
    """What the generator's own model of its settings says of them. Where nothing but a key is missing or wrong its node
    tells that, and what to do, while all others work."""
    serves = options.get(SERVES, [])
    if not isinstance(serves, list) or not all(isinstance(each, str) for each in serves):
        yield OptionProblem(SERVES, "serves must be a list of checkpoint names")
    if "strategy" in options:
        yield OptionProblem("strategy", "strategy is what kind says: leave it out")
    try:
        entry_settings(name, options, env_files)
    except InvalidSettings as error:
        for each in () if all(each.of_secret for each in error.problems) else error.problems:
            yield OptionProblem(each.key.partition(".")[0], f"{each.key}: {each.message}")
    except Misconfigured as error:
        yield OptionProblem("", str(error))


def defaults_of(name: str, options: Mapping[str, Any], env_files: Sequence[Path]) -> Mapping[str, Any]:
    """Of ``vram_gb`` (a generator has none of its own), ``max_resolution`` and ``max_batch``, also for options that are
    wrong, which is told elsewhere."""
    try:
        side = largest_side(create_generator(entry_settings(name, options, env_files)).offers())
    except Exception:  # noqa: BLE001 - of another package; that it cannot be made is told by its node
        side = UNKNOWN_SIDE
    return {"vram_gb": 0.0, "max_resolution": side, "max_batch": 1}


def largest_side(offers: Offers) -> int:
    """Pixels: the hub asks for nothing larger, and what each model draws within that it says itself."""
    return max((_largest_side(model.sizes) for model in offers.models), default=UNKNOWN_SIDE)


def _largest_side(rule: SizeRule) -> int:
    if rule.only:
        return max(max(size) for size in rule.only)
    if rule.most_side is not None:
        return rule.most_side
    return UNKNOWN_SIDE if rule.most_pixels is None else int(rule.most_pixels**0.5)
