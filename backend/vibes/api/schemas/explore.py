"""Bodies of ``/api/explore`` and ``/api/generate/between``, and requests as bodies that are sent as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, StrictInt

from vibes.api.schemas.common import NonBlank, RequestBody, Word
from vibes.api.schemas.generate import NAMED_VALUES, Styles
from vibes.api.schemas.generations import AxisOut, ResponseBody, told_varied
from vibes.api.schemas.money import MAX_COST, Usd
from vibes.api.schemas.variations import VariationsBody
from vibes.domain.exploration.ahead import AheadWait
from vibes.domain.exploration.between import MOST_STEPS, Seeds
from vibes.domain.exploration.drawn_again import DrawnAgain
from vibes.domain.exploration.neighbours import Direction, Neighbourhood
from vibes.domain.exploration.variations import Variation, varied_of
from vibes.domain.ids import GenerationId, OwnerId, SessionId
from vibes.domain.money import NOTHING, told_usd
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.seed import told_seed
from vibes.domain.pictures.spec import LoraSpec
from vibes.domain.priority import Priority
from vibes.services.exploration.drawing_ahead import MOST_PICTURES, AheadPictures, AheadRequest, AheadState
from vibes.services.exploration.variations import VariationsRequest

Topic = Annotated[NonBlank, Field(max_length=100)]


class NeighboursBody(RequestBody):
    generation_id: Word
    direction: Direction


class NeighbourOut(ResponseBody):
    words: str = Field(description="The difference for people.")
    varied: dict[str, Any] = Field(description="The same as data, as its picture will have it.")


class NeighboursOut(ResponseBody):
    direction: Direction
    generation_id: str
    neighbours: list[NeighbourOut] = Field(description="Up to eight, each different; the same ones every time.")
    none_because: str | None = Field(description="Why there are none, in words.")
    request: dict[str, Any] | None = Field(
        description="The body for `/api/generate/variations` that draws all of them; its `variations` are in the order "
        "of `neighbours`, and any may be left out. Null where there are none."
    )

    @classmethod
    def of(cls, generation_id: str, direction: Direction, found: Neighbourhood) -> "NeighboursOut":
        variations = [each.variation for each in found.neighbours]
        return cls(
            direction=direction,
            generation_id=generation_id,
            neighbours=[
                NeighbourOut(words=each.words, varied=told_varied(varied_of(each.variation)))
                for each in found.neighbours
            ],
            none_because=found.none_because,
            request=body_of(found.base, variations) if variations else None,
        )


class AheadBody(RequestBody):
    session_id: NonBlank
    generation_id: Word = Field(description="Whose neighbours are drawn.")
    directions: Annotated[list[Direction], Field(min_length=1, max_length=len(Direction))]
    budget: Annotated[StrictInt, Field(ge=1, le=MOST_PICTURES)] = Field(24, description="Most pictures to begin.")
    styles: Styles = Field(default_factory=list)

    def asked(self, owner: OwnerId | None) -> AheadRequest:
        return AheadRequest(
            session_id=SessionId(self.session_id),
            generation_id=GenerationId(self.generation_id),
            directions=tuple(dict.fromkeys(self.directions)),
            budget=self.budget,
            styles=tuple(self.styles),
            owner=owner,
        )


class AheadVariationsBody(VariationsBody):
    """Any pictures that idle nodes draw ahead; each is a batch of its own, and costs nothing."""

    topic: Annotated[Topic, Field(description="What they are for; what is drawn ahead for something else goes on.")]

    def asked(self, session_id: SessionId, owner: OwnerId | None) -> AheadPictures:
        return AheadPictures(session_id=session_id, topic=self.topic, pictures=self.to_variations(owner))


class AheadOut(ResponseBody):
    """What is drawn ahead for a session."""

    session_id: str
    active: bool = Field(description="False: nothing.")
    budget: int
    begun: list[str] = Field(description="Generations in the order in which they were begun.")
    running: list[str] = Field(description="Those of them that are being drawn now, and give way to anything else.")
    waiting: int = Field(description="Pictures that are still to be drawn, as far as the budget goes.")
    waits_for: AheadWait | None = Field(
        description="Why none of them begins now: pictures that people asked for go first, the queue is paused, no "
        "able node is there, all are at work, or the idle ones have another model loaded. Null where one can begin."
    )

    @classmethod
    def of(cls, state: AheadState) -> "AheadOut":
        return cls(
            session_id=state.session_id,
            active=state.active,
            budget=state.budget,
            begun=list(state.begun),
            running=list(state.running),
            waiting=state.waiting,
            waits_for=state.waits_for,
        )


class BetweenBody(RequestBody):
    """Pictures whose settings lead from one picture to another."""

    from_: Word = Field(alias="from", description="The generation that it begins at; it is not drawn again.")
    to: Word
    steps: Annotated[StrictInt, Field(ge=1, le=MOST_STEPS)] = 5
    seeds: Seeds = Field(
        Seeds.KEEP, description="Whether all have the first one's seed, or the other's from the middle."
    )
    session_id: Word | None = Field(None, description="Left out: the session of the first.")
    priority: Priority | None = None
    styles: Styles = Field(default_factory=list)
    max_cost_usd: Annotated[Usd, MAX_COST] = NOTHING

    def completed(self, found: VariationsRequest, owner: OwnerId | None) -> VariationsRequest:
        session = SessionId(self.session_id) if self.session_id is not None else found.base.session_id
        base = replace(
            found.base,
            session_id=session,
            priority=self.priority,
            styles=tuple(self.styles),
            max_cost=self.max_cost_usd,
            owner=owner,
        )
        return replace(found, base=base)


def body_again(again: DrawnAgain) -> dict[str, Any]:
    """The body for ``POST /api/generate/variations`` that draws these pictures."""
    if not again.axes:
        return body_of(again.base, again.variations)
    sides = dict(zip(("x", "y"), (AxisOut.of(each).model_dump() for each in again.axes), strict=False))
    return {**body_of(again.base, ()), "axes": sides}


def body_of(base: GenerationRequest, variations: Sequence[Variation]) -> dict[str, Any]:
    """The body for ``POST /api/generate/variations`` that asks for these."""
    values = {name: value for name, value in base.values.items() if name not in NAMED_VALUES}
    said = {
        "session_id": base.session_id,
        "model_family": base.model_family,
        "task_type": base.task_type,
        "workflow": base.workflow,
        **{name: base.values[name] for name in NAMED_VALUES if name in base.values},
        "seed": None if base.seed is None else told_seed(base.seed),
        "loras": [_lora(each) for each in base.loras],
        "parameters": values,
        "from": list(base.parents),
        "explored_from": base.explored_from,
        "max_cost_usd": told_usd(base.max_cost) if base.max_cost else None,
        "variations": [_variation(each) for each in variations],
    }
    return {name: value for name, value in said.items() if value not in (None, [], {})}


def _variation(variation: Variation) -> dict[str, Any]:
    told = told_varied(varied_of(variation))
    return {name: _told(value, told[name]) for name, value in variation.items()}


def _told(value: object, told: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_lora(each) for each in value]
    return told


def _lora(lora: LoraSpec) -> Mapping[str, Any]:
    return {"name": lora.name, "strength_model": lora.strength_model, "strength_clip": lora.strength_clip}
