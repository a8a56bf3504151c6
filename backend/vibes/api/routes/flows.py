"""``/api/flows``: the funnel's presets."""

from pydantic import Field

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.generations import ResponseBody
from vibes.services.generations.flows import FittedStage
from vibes.services.sessions.flow_file import DEFAULT_PRESET, StagePreset

router = api_router(prefix="/api/flows", tag="sessions")


class FlowStageOut(StagePreset):
    instead_of: str | None = Field(description="The preset's family, where no card has it and another stands in.")
    note: str | None = Field(description="Why another family stands in, or why the stage cannot be drawn.")
    drawable: bool
    needs_money: bool = Field(
        description="Only nodes that cost money can draw it: nothing is drawn for a session whose batches may spend "
        "nothing. `note` names them."
    )

    @classmethod
    def of(cls, fitted: FittedStage) -> "FlowStageOut":
        return cls(
            **fitted.stage.model_dump(),
            instead_of=fitted.instead_of,
            note=fitted.note,
            drawable=fitted.drawable,
            needs_money=fitted.needs_money,
        )


class FlowPresetOut(ResponseBody):
    description: str
    stages: list[FlowStageOut]


class FlowsOut(ResponseBody):
    default: str
    presets: dict[str, FlowPresetOut]


@router.get("")
async def get_flows(flows: given.Flows) -> FlowsOut:
    """What each stage makes unless a person says otherwise: flows.yaml, as the fleet can draw it."""
    fitted = await flows.fitted_anew()
    return FlowsOut(
        default=DEFAULT_PRESET,
        presets={
            name: FlowPresetOut(description=preset.description, stages=[FlowStageOut.of(each) for each in fitted[name]])
            for name, preset in flows.presets.items()
        },
    )
