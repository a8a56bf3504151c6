"""Bodies of ``/api/generate/variations``: pictures that differ from one another as told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from vibes.api.schemas.common import NonBlank, RequestBody, Word, at_most
from vibes.api.schemas.generate import MAX_LORAS, GenerateBody, LoraIn, PlainNumber, Text, Value, lora_spec
from vibes.domain.exploration.grid import GridAxis, range_values
from vibes.domain.exploration.variations import MAX_VARIATIONS, VariationValue, varied_of
from vibes.domain.ids import GenerationId, OwnerId
from vibes.domain.pictures.variation import ADDED_WORDING, LORA, WORDING, value_text
from vibes.services.exploration.variations import VariationsRequest
from vibes.text.plain_text import shortened

MAX_VARIED = 20
"""Parameters that one variation may differ in."""
_SHOWN = 200
"""Characters of a value in a sentence."""

ValueIn = Value | Annotated[list[LoraIn], at_most(MAX_LORAS)]
ValuesIn = Annotated[list[ValueIn], at_most(MAX_VARIATIONS), Field(min_length=1, max_length=MAX_VARIATIONS)]
VariationIn = Annotated[dict[NonBlank, ValueIn], at_most(MAX_VARIED)]


class RangeIn(RequestBody):
    """Numbers from one to another, both included; either with a step or in equal parts."""

    from_: PlainNumber = Field(alias="from")
    to: PlainNumber
    step: PlainNumber | None = Field(None, description="Left out, and count too: 1.")
    count: StrictInt | None = Field(None, description="So many values at equal distances.")


class AxisIn(RequestBody):
    """A side of a grid: a parameter and its values, listed or as a range."""

    parameter: NonBlank = Field(
        description="seed, steps, cfg_scale, sampler, scheduler, denoise_strength, checkpoint, prompt … or another "
        "parameter of the workflow; `wording` for what stands instead of `find` in the prompt – or, where that lacks "
        "it, the negative prompt – and without `find` is added to the prompt's end; `lora` for the weight of the one "
        "that `lora` names.",
    )
    find: Text | None = Field(None, min_length=1, description="With `wording`: what is exchanged.")
    lora: NonBlank | None = Field(None, description="With `lora`: whose weight.")
    values: ValuesIn | None = None
    range: RangeIn | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.values is None) == (self.range is None):
            raise ValueError("needs either values or a range")
        if self.parameter != ADDED_WORDING and self.find is not None:
            raise ValueError("find goes with parameter wording alone")
        if (self.parameter == "lora") != (self.lora is not None):
            raise ValueError("parameter lora needs lora, the name of one, which nothing else takes")
        axis = self.axis()
        seen: set[str] = set()
        for value in axis.values:
            told = value_text(varied_of({axis.parameter: value})[axis.parameter])
            if told in seen:
                raise ValueError(f"values: {shortened(told, _SHOWN)} is there twice")
            seen.add(told)
        return self

    def axis(self) -> GridAxis:
        parameter = self.parameter
        if self.find is not None:
            parameter = f"{WORDING}{self.find}"
        elif self.lora is not None:
            parameter = f"{LORA}{self.lora}"
        if self.range is None:
            return GridAxis(parameter, tuple(_value(each) for each in self.values or ()))
        asked = self.range
        return GridAxis(parameter, range_values(parameter, asked.from_, asked.to, step=asked.step, count=asked.count))


class AxesIn(RequestBody):
    x: AxisIn = Field(description="What goes across.")
    y: AxisIn | None = Field(None, description="What goes down.")


class VariationsBody(GenerateBody):
    """Pictures like the one that the other fields describe, each with its difference."""

    variations: Annotated[list[VariationIn], at_most(MAX_VARIATIONS)] | None = Field(
        None,
        min_length=1,
        max_length=MAX_VARIATIONS,
        description="Values by parameter, one object a picture, in the order of drawing. Parameters are those of axes; "
        "`wording:cat` is what stands instead of cat, `lora:NAME` the weight of that LoRA, `loras` a whole list.",
    )
    axes: AxesIn | None = Field(None, description="Instead: every combination of their values.")

    explored_from: Word | None = Field(
        None, description="The picture that these lie beside: it becomes their parent, whatever they start from."
    )

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.variations is None) == (self.axes is None):
            raise ValueError("needs either variations or axes")
        return self

    def to_variations(self, owner: OwnerId | None) -> VariationsRequest:
        explored_from = None if self.explored_from is None else GenerationId(self.explored_from)
        base = replace(self.to_request(1, owner), explored_from=explored_from)
        if self.axes is not None:
            return VariationsRequest.of_grid(base, [each.axis() for each in (self.axes.x, self.axes.y) if each])
        return VariationsRequest(base, [_variation(each) for each in self.variations or ()])


def _variation(given: Mapping[Word, ValueIn]) -> dict[str, VariationValue]:
    return {parameter: _value(value) for parameter, value in given.items()}


def _value(value: ValueIn) -> VariationValue:
    return [lora_spec(each) for each in value] if isinstance(value, list) else value
