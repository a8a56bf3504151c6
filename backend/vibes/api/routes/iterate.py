"""``/api/iterate``: what should change, as a plan for the next pictures."""

from fastapi import APIRouter

from vibes.api.http import given
from vibes.api.schemas.refinement import ApplyChangesRequest, IterationPlanOut, IterationRequest, RefinementOut

router = APIRouter(prefix="/api/iterate", tags=["refinement"])


@router.post("/refine-prompt")
async def refine_prompt(body: IterationRequest, refinements: given.Refinements) -> IterationPlanOut:
    """A new prompt out of feedback, to be seen before it is used. It always answers: where no model does, by rules."""
    return IterationPlanOut.of(await refinements.plan(body.to_request()))


@router.post("/apply-changes")
async def apply_changes(body: ApplyChangesRequest, refinements: given.Refinements) -> IterationPlanOut:
    """The plan again with other operations, by code alone, as when a person switches one off."""
    return IterationPlanOut.of(await refinements.apply(body.to_chosen()))


@router.get("/{iteration_id}")
async def get_refinement(iteration_id: str, refinements: given.Refinements) -> RefinementOut:
    """The plan as it was suggested, with what each model said word for word."""
    return RefinementOut.of(await refinements.record(iteration_id))
