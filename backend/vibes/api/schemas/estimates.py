"""The answer of ``/api/generate/estimate``."""

from collections.abc import Sequence

from pydantic import Field

from vibes.api.schemas.generations import CHOSEN_MODELS, ChosenModel, ResponseBody
from vibes.domain.reason import ReasonCode
from vibes.services.queue.queue_view import Expectation
from vibes.workflows.models.model_choice import ChosenFile


class GpuShare(ResponseBody):
    gpu_id: str
    count: int = Field(description="Pictures of the batch that it would draw.")


class EstimateOut(ResponseBody):
    eta_seconds: float | None = Field(description="Until the last picture, behind what is queued; null when unknown.")
    eta_range_seconds: tuple[float, float] | None
    lower_bound_seconds: float | None = Field(description="What no schedule could beat on an empty fleet.")
    gpus: list[GpuShare] = Field(description="Most pictures first.")
    waiting_for: str | None = Field(description="Why it would not start now, in words.")
    waiting_code: ReasonCode | None = Field(description="The same for whoever decides upon it.")
    models: list[ChosenModel] = Field(description=CHOSEN_MODELS)

    @classmethod
    def of(
        cls, expectation: Expectation, lower_bound_seconds: float | None, chosen: Sequence[ChosenFile]
    ) -> "EstimateOut":
        waiting = expectation.waiting_for
        return cls(
            eta_seconds=expectation.eta_seconds,
            eta_range_seconds=expectation.eta_range_seconds,
            lower_bound_seconds=lower_bound_seconds,
            gpus=sorted(
                (GpuShare(gpu_id=node_id, count=count) for node_id, count in expectation.places.items()),
                key=lambda share: -share.count,
            ),
            waiting_for=waiting and waiting.sentence,
            waiting_code=waiting and waiting.code,
            models=ChosenModel.all_of(chosen),
        )
