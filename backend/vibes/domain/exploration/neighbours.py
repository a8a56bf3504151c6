"""What lies beside a picture: up to eight that differ from it in one direction, each by a step that is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, zip_longest

from vibes.domain.exploration.again import request_again, request_from_it, request_with_any_model
from vibes.domain.exploration.variations import Variation, varied_of
from vibes.domain.exploration.wording import other_wordings
from vibes.domain.generation import Generation
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import MAX_SEED, LoraSpec
from vibes.domain.pictures.variation import LORA, value_text

MOST = 8


class Direction(StrEnum):
    STRENGTH = "strength"
    """How far it moves away from the picture, which it starts from."""
    WORDING = "wording"
    MODEL = "model"
    SEED = "seed"
    LORA_WEIGHT = "lora_weight"
    GUIDANCE = "guidance"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the fleet has for the picture's family, in its own order."""

    models: Sequence[str] = ()
    loras: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    variation: Variation
    words: str
    """The difference for people."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """``base`` with the variation of each neighbour is what draws it."""

    base: GenerationRequest
    neighbours: tuple[Neighbour, ...]
    none_because: str | None = None
    """Why there are none, in words."""


STRENGTHS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LORA_WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6)
NEW_LORA_WEIGHT = 0.7
GUIDANCE_STEPS = (-0.5, 0.5, -1.0, 1.0, -2.0, 2.0, -3.0, 3.0, 4.0, 5.0, 6.0, 8.0)
LEAST_GUIDANCE = 1.0
"""A CFG scale of 1 leaves the negative prompt out of account; below it nothing sensible is drawn."""


def neighbours(picture: Generation, direction: Direction, has: Surroundings) -> Neighbourhood:
    """The same for the same picture, direction and fleet. Every neighbour differs from the picture and from the
    others."""
    if not picture.spec.is_drawn:
        return _none(picture, "no model drew it, it was made from another picture: explore that one")
    match direction:
        case Direction.STRENGTH:
            return _strength(picture)
        case Direction.WORDING:
            return _wording(picture)
        case Direction.MODEL:
            return _model(picture, has.models)
        case Direction.SEED:
            return _seed(picture)
        case Direction.LORA_WEIGHT:
            return _lora_weight(picture, has.loras)
        case Direction.GUIDANCE:
            return _guidance(picture)


def _strength(picture: Generation) -> Neighbourhood:
    if picture.image is None:
        return _none(picture, "there is no picture yet to start from")
    if picture.image.media_type.is_video:
        return _none(picture, "nothing starts from a video")
    found = (Neighbour({"denoise_strength": each}, f"strength {value_text(each)}") for each in STRENGTHS)
    return _some(request_from_it(picture), found)


def _seed(picture: Generation) -> Neighbourhood:
    seeds = ((picture.spec.seed + step) % (MAX_SEED + 1) for step in range(1, MOST + 1))
    return _some(request_again(picture), (Neighbour({"seed": each}, f"seed {each}") for each in seeds))


def _guidance(picture: Generation) -> Neighbourhood:
    """Flux has a guidance of its own, and its CFG scale means nothing."""
    values = picture.spec.values()
    parameter = "guidance" if "guidance" in values else "cfg_scale"
    now = values.get(parameter)
    if not isinstance(now, int | float) or isinstance(now, bool):
        return _none(picture, f"{picture.spec.workflow} has no guidance to change")
    steps = (round(now + step, 3) for step in GUIDANCE_STEPS)
    nearest = sorted(islice((each for each in steps if each >= LEAST_GUIDANCE), MOST))
    found = (Neighbour({parameter: each}, f"guidance {value_text(each)}") for each in nearest)
    return _some(request_again(picture), found)


def _model(picture: Generation, models: Sequence[str]) -> Neighbourhood:
    now = set(picture.spec.values().values())
    others = [each for each in models if each not in now]
    if not others:
        return _none(picture, f"no node has another model of {picture.spec.model_family}")
    base = request_with_any_model(picture)
    return _some(base, (Neighbour({"checkpoint": each}, f"drawn with {_bare(each)}") for each in others))


def _lora_weight(picture: Generation, loras: Sequence[str]) -> Neighbourhood:
    """Other weights of those that it has, the nearest first and of each in turn; without any, one that the fleet
    has."""
    if picture.spec.loras:
        ladders = [_ladder(lora) for lora in picture.spec.loras]
        return _some(request_again(picture), _in_turn(ladders))
    if not loras:
        return _none(picture, f"it has no LoRA, and no node has one of {picture.spec.model_family}")
    weight = NEW_LORA_WEIGHT
    found = (Neighbour({f"{LORA}{each}": weight}, f"with {_bare(each)} at {value_text(weight)}") for each in loras)
    return _some(request_with_any_model(picture), found)


def _ladder(lora: LoraSpec) -> list[Neighbour]:
    def distance(weight: float) -> float:
        return round(abs(weight - lora.strength_model), 6)

    weights = (each for each in sorted(LORA_WEIGHTS, key=distance) if each != lora.strength_model)
    return [Neighbour({f"{LORA}{lora.name}": each}, f"{_bare(lora.name)} at {value_text(each)}") for each in weights]


def _wording(picture: Generation) -> Neighbourhood:
    """Begins in its lists by the picture's seed, so that not every picture has the same words beside it."""
    prompt, seed = picture.spec.prompt, picture.spec.seed
    if not prompt.strip():
        return _none(picture, "it has no prompt")
    found = [Neighbour({each.parameter: each.text}, each.words) for each in other_wordings(prompt, seed, MOST)]
    return _some(request_again(picture), found) if found else _none(picture, "its prompt says something of everything")


def _in_turn(lists: Iterable[Sequence[Neighbour]]) -> Iterator[Neighbour]:
    return (each for turn in zip_longest(*lists) for each in turn if each is not None)


def _bare(file: str) -> str:
    """A model file's name without its folders and its ending."""
    return file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or file


def _some(base: GenerationRequest, found: Iterable[Neighbour]) -> Neighbourhood:
    unlike: Mapping[str, Neighbour] = {repr(sorted(varied_of(each.variation).items())): each for each in found}
    return Neighbourhood(replace(base, count=1), tuple(islice(unlike.values(), MOST)))


def _none(picture: Generation, why: str) -> Neighbourhood:
    return Neighbourhood(request_again(picture), (), why)
