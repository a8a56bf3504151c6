"""``/api/flows``: the funnel's presets."""

from fastapi import APIRouter

from vibes.api.hub import HubDependency
from vibes.api.schemas.generations import ResponseBody
from vibes.services.flow_config import DEFAULT_PRESET, FlowPreset

router = APIRouter(prefix="/api/flows", tags=["sessions"])


class FlowsOut(ResponseBody):
    default: str
    presets: dict[str, FlowPreset]


@router.get("")
async def get_flows(hub: HubDependency) -> FlowsOut:
    """What each stage makes unless a person says otherwise; from flows.yaml."""
    return FlowsOut(default=DEFAULT_PRESET, presets=dict(hub.flows))
