"""``/api/replicas``: which of several hubs on one database leads, and which follow."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.replicas import ReplicasOut

router = api_router(prefix="/api/replicas", tag="health")


@router.get("")
async def list_replicas(replicas: given.Replicas) -> ReplicasOut:
    """The hubs that share the database, as it knows them, and what carries live events between them."""
    return ReplicasOut.of(await replicas.overview())
