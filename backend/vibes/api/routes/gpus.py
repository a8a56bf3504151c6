"""``/api/gpus``: the fleet, for the dashboard."""

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.gpus import DrainRequest, GpuList, GpuModels, GpuOut
from vibes.domain.ids import NodeId
from vibes.domain.nodes.status import NodeStatus
from vibes.services.fleet.service import FleetService
from vibes.services.queue.views import QueueViews
from vibes.services.runtime.hub_health import HubHealth

router = api_router(prefix="/api/gpus", tag="gpus")


@router.get("")
async def list_gpus(fleet: given.Fleet, views: given.Views, health: given.Health) -> GpuList:
    """In the order of gpus.yaml."""
    return gpu_list(fleet, views, health)


@router.get("/{gpu_id}")
async def get_gpu(gpu_id: str, fleet: given.Fleet, views: given.Views) -> GpuOut:
    return _gpu_out(fleet.node(NodeId(gpu_id)), views)


@router.post("/{gpu_id}/drain")
async def drain_gpu(gpu_id: str, fleet: given.Fleet, views: given.Views, body: DrainRequest | None = None) -> GpuOut:
    """It gets nothing new until it is resumed, or until the given moment, also after a restart of the hub."""
    said = {} if body is None else dict(body)
    return _gpu_out(await fleet.drain(NodeId(gpu_id), **said), views)


@router.post("/{gpu_id}/resume")
async def resume_gpu(gpu_id: str, fleet: given.Fleet, views: given.Views) -> GpuOut:
    """It is given work again; in its owner's hours, for the rest of them."""
    return _gpu_out(await fleet.resume(NodeId(gpu_id)), views)


@router.post("/{gpu_id}/free")
async def free_gpu(gpu_id: str, fleet: given.Fleet, views: given.Views) -> GpuOut:
    """Asks the node to unload its models; it does so between two prompts."""
    return _gpu_out(await fleet.free(NodeId(gpu_id)), views)


@router.get("/{gpu_id}/models")
async def get_models(gpu_id: str, fleet: given.Fleet) -> GpuModels:
    """The model files that the node itself lists, each under the name that it has in the whole fleet."""
    return GpuModels(id=gpu_id, models=dict(fleet.models(NodeId(gpu_id))))


def gpu_list(fleet: FleetService, views: QueueViews, health: HubHealth) -> GpuList:
    return GpuList.of(
        [_gpu_out(node, views) for node in fleet.nodes()],
        config_problems=fleet.config_problems,
        storage_problem=views.storage_problem,
        hub_problems=health.problems(),
    )


def _gpu_out(node: NodeStatus, views: QueueViews) -> GpuOut:
    return GpuOut.of(node, views.load(node.id))
