"""The answer of ``/api/generate/estimate``."""

from collections.abc import Sequence

from pydantic import Field

from vibes.api.schemas.generations import CHOSEN_MODELS, ChosenModel, ResponseBody
from vibes.api.schemas.money import ToldUsd
from vibes.domain.money import NOTHING, MicroUsd
from vibes.domain.reason import ReasonCode
from vibes.services.queue.queue_view import BothWays, Expectation
from vibes.workflows.models.model_choice import ChosenFile


class GpuShare(ResponseBody):
    gpu_id: str
    count: int = Field(description="Pictures of the batch that it would draw.")
    cost_usd: ToldUsd = Field(description="What would be set aside for them.")

    @classmethod
    def all_of(cls, expected: Expectation) -> "list[GpuShare]":
        shares = (
            cls(gpu_id=node_id, count=count, cost_usd=expected.costs.get(node_id, NOTHING))
            for node_id, count in expected.places.items()
        )
        return sorted(shares, key=lambda share: -share.count)


class WayOut(ResponseBody):
    """One of the ways in which the batch could be made."""

    eta_seconds: float | None
    eta_range_seconds: tuple[float, float] | None
    gpus: list[GpuShare] = Field(description="Most pictures first.")
    cost_usd: ToldUsd = Field(description="What would be set aside for all of it: the least `max_cost_usd` for it.")
    paid_pictures: int = Field(description="Pictures that would be paid for.")
    waiting_for: str | None = Field(description="Why it would not start now, in words.")
    waiting_code: ReasonCode | None = Field(description="The same for whoever decides upon it.")

    @classmethod
    def of(cls, expected: Expectation) -> "WayOut":
        waiting = expected.waiting_for
        return cls(
            eta_seconds=expected.eta_seconds,
            eta_range_seconds=expected.eta_range_seconds,
            gpus=GpuShare.all_of(expected),
            cost_usd=MicroUsd(sum(expected.costs.values())),
            paid_pictures=sum(expected.places[node_id] for node_id, cost in expected.costs.items() if cost),
            waiting_for=waiting and waiting.sentence,
            waiting_code=waiting and waiting.code,
        )


class EstimateOut(ResponseBody):
    eta_seconds: float | None = Field(description="Until the last picture, behind what is queued; null when unknown.")
    eta_range_seconds: tuple[float, float] | None
    lower_bound_seconds: float | None = Field(description="What no schedule could beat on an empty fleet.")
    gpus: list[GpuShare] = Field(description="Most pictures first.")
    waiting_for: str | None = Field(description="Why it would not start now, in words.")
    waiting_code: ReasonCode | None = Field(description="The same for whoever decides upon it.")
    models: list[ChosenModel] = Field(description=CHOSEN_MODELS)
    free: WayOut = Field(description="Without spending anything.")
    paid: WayOut | None = Field(
        description="With money: with `max_cost_usd` or, where that is 0, with as much as budgets allow. Null "
        "where no money would make it earlier."
    )

    @classmethod
    def of(cls, ways: BothWays, lower_bound_seconds: float | None, chosen: Sequence[ChosenFile]) -> "EstimateOut":
        asked = ways.asked
        waiting = asked.waiting_for
        return cls(
            eta_seconds=asked.eta_seconds,
            eta_range_seconds=asked.eta_range_seconds,
            lower_bound_seconds=lower_bound_seconds,
            gpus=GpuShare.all_of(asked),
            waiting_for=waiting and waiting.sentence,
            waiting_code=waiting and waiting.code,
            models=ChosenModel.all_of(chosen),
            free=WayOut.of(ways.free),
            paid=None if ways.paid is None else WayOut.of(ways.paid),
        )
