"""``/api/models``: which model files the fleet has, of which family each is, and which one a family is drawn with."""

from fastapi import APIRouter

from vibes.api.http.hub import Hub, HubDependency
from vibes.api.schemas.models import ModelsOut, PreferModel, SayFamily
from vibes.services.generations.model_overview import overview, prefer, say_family

router = APIRouter(prefix="/api/models", tags=["models"])


@router.get("")
async def list_models(hub: HubDependency) -> ModelsOut:
    """What the nodes list, by what they said last."""
    return await _overview(hub)


@router.put("/preferred")
async def prefer_model(body: PreferModel, hub: HubDependency) -> ModelsOut:
    """Draw a family with this file from now on, wherever nobody names another. Remembered for every session."""
    await prefer(hub.models, hub.catalog.library, body.family, body.file)
    return await _overview(hub)


@router.put("/family")
async def say_family_of(body: SayFamily, hub: HubDependency) -> ModelsOut:
    """Say of which family a file is, where its name does not tell or tells wrong."""
    await say_family(hub.models, hub.catalog.library, body.file, body.family)
    return await _overview(hub)


async def _overview(hub: Hub) -> ModelsOut:
    return ModelsOut.of(await overview(hub.models, hub.catalog.library, hub.storage))
