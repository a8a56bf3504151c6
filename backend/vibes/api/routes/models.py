"""``/api/models``: which model files the fleet has, of which family each is, and which one a family is drawn with."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.models import ModelsOut, PreferModel, SayFamily

router = api_router(prefix="/api/models", tag="models")


@router.get("")
async def list_models(models: given.Models) -> ModelsOut:
    """What the nodes list, by what they said last."""
    return ModelsOut.of(await models.overview())


@router.put("/preferred")
async def prefer_model(body: PreferModel, models: given.Models) -> ModelsOut:
    """Draw a family with this file from now on, wherever nobody names another. Remembered for every session."""
    await models.prefer(body.family, body.file)
    return ModelsOut.of(await models.overview())


@router.put("/family")
async def say_family_of(body: SayFamily, models: given.Models) -> ModelsOut:
    """Say of which family a file is, where its name does not tell or tells wrong."""
    await models.say_family(body.file, body.family)
    return ModelsOut.of(await models.overview())
