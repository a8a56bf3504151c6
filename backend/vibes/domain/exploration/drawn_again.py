"""From the pictures of a batch back to what draws all of them again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vibes.domain.batch import Batch
from vibes.domain.errors import InvalidRequest
from vibes.domain.exploration.again import request_again
from vibes.domain.exploration.variations import Variation, VariationValue, exchanged, varied_request
from vibes.domain.generation import Generation
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.variation import ADDED_WORDING, LORA, WORDING, Axis, is_wildcard


@dataclass(frozen=True, slots=True)
class DrawnAgain:
    """A request with the axes of a grid, or with the variation of each picture in the order of the batch."""

    base: GenerationRequest
    variations: tuple[Variation, ...] = ()
    axes: tuple[Axis, ...] = ()


def drawn_again(batch: Batch, pictures: Sequence[Generation]) -> DrawnAgain:
    """The same pictures, seeds included: as a grid where that provably comes to the same. Otherwise each says what it
    has instead of what was exchanged for it, a wording as the whole prompt and a LoRA's weight as the whole chain,
    since nobody has kept what stood there before."""
    base = replace(request_again(pictures[0]), explored_from=None, max_cost=batch.max_cost)
    for each in _bases(base, pictures[0], batch.axes):
        if all(_comes_to(each, picture) for picture in pictures):
            return DrawnAgain(each, axes=batch.axes)
    return DrawnAgain(base, tuple(_variation(each, pictures[0]) for each in pictures))


def _bases(base: GenerationRequest, first: Generation, axes: Sequence[Axis]) -> Iterable[GenerationRequest]:
    """What the request of a grid may have been, by what its first picture has instead."""
    if not axes:
        return
    prompt = first.spec.prompt
    for parameter, value in first.varied.items():
        if parameter == ADDED_WORDING:
            prompt = prompt.removesuffix(f", {value}")
        elif parameter.startswith(WORDING):
            prompt = exchanged(prompt, str(value), parameter.removeprefix(WORDING)) or prompt
    yield replace(base, values={**base.values, "prompt": prompt})


def _comes_to(base: GenerationRequest, picture: Generation) -> bool:
    """Whether the request with this picture's difference is this picture's."""
    try:
        made = varied_request(base, picture.varied)
    except InvalidRequest:
        return False
    wanted = request_again(picture)
    return (made.values, made.seed, made.loras) == (wanted.values, wanted.seed, wanted.loras)


def _variation(picture: Generation, first: Generation) -> Variation:
    made: dict[str, VariationValue] = {}
    for parameter, value in picture.varied.items():
        if parameter == ADDED_WORDING or parameter.startswith(WORDING) or is_wildcard(parameter):
            made["prompt"] = picture.spec.prompt
            if picture.spec.negative_prompt != first.spec.negative_prompt:
                made["negative_prompt"] = picture.spec.negative_prompt
        elif parameter == "loras" or parameter.startswith(LORA):
            made["loras"] = picture.spec.loras
        else:
            made[parameter] = value
    now, before = request_again(picture).values, request_again(first).values
    made |= {name: value for name, value in now.items() if name not in made and value != before.get(name)}
    if picture.spec.seed != first.spec.seed or not made:
        made["seed"] = picture.spec.seed
    return made
