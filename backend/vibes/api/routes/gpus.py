"""``/api/gpus``: the fleet, for the dashboard."""

from fastapi import APIRouter

from vibes.api.http.hub import Hub, HubDependency
from vibes.api.schemas.gpus import FileProblem, GpuList, GpuModels, GpuOut
from vibes.domain.errors import Conflict
from vibes.domain.ids import NodeId
from vibes.services.fleet.file_names import FleetNames
from vibes.services.fleet.watched_node import WatchedNode

router = APIRouter(prefix="/api/gpus", tags=["gpus"])


@router.get("")
async def list_gpus(hub: HubDependency) -> GpuList:
    """In the order of gpus.yaml."""
    return GpuList(
        gpus=[gpu_out(hub, watch) for watch in hub.supervisor.nodes.values()],
        config_problems=[FileProblem.of(problem) for problem in hub.fleet_problems()],
        storage_problem=hub.board.storage_problem,
        hub_problems=hub.problems(),
    )


@router.get("/{gpu_id}")
async def get_gpu(gpu_id: str, hub: HubDependency) -> GpuOut:
    return gpu_out(hub, hub.supervisor.get(NodeId(gpu_id)))


@router.post("/{gpu_id}/drain")
async def drain_gpu(gpu_id: str, hub: HubDependency) -> GpuOut:
    """It finishes what it has and gets nothing new until it is resumed, also after a restart of the hub."""
    return gpu_out(hub, await hub.drains.drain(NodeId(gpu_id)))


@router.post("/{gpu_id}/resume")
async def resume_gpu(gpu_id: str, hub: HubDependency) -> GpuOut:
    return gpu_out(hub, await hub.drains.resume(NodeId(gpu_id)))


@router.post("/{gpu_id}/free")
async def free_gpu(gpu_id: str, hub: HubDependency) -> GpuOut:
    """Asks the node to unload its models; it does so between two prompts."""
    return gpu_out(hub, await hub.supervisor.free(NodeId(gpu_id)))


@router.get("/{gpu_id}/models")
async def get_models(gpu_id: str, hub: HubDependency) -> GpuModels:
    """The model files that the node itself lists, each under the name that it has in the whole fleet."""
    watch = hub.supervisor.get(NodeId(gpu_id))
    if watch.inventory is None:
        raise Conflict(f"{gpu_id} has not told its models yet: it is {watch.state}", code="node_unavailable")
    names = FleetNames(hub.supervisor.inventories)
    return GpuModels(id=gpu_id, models={folder: names.of(watch.inventory, folder) for folder in watch.inventory.files})


def gpu_out(hub: Hub, watch: WatchedNode) -> GpuOut:
    node_id = watch.config.id
    eta_seconds = hub.forecast.node_eta_seconds(node_id)
    return GpuOut.of(watch, hub.board.on_node(node_id), hub.estimator.measured(node_id), eta_seconds)
