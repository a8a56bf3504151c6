"""The ComfyUI that a worker drives: one that it starts and keeps running, or one that runs already."""

from pathlib import Path
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import DEFAULT_KIND, NodeConfig, Tier
from vibes.environment.worker_settings import WorkerSettings
from vibes.nodes.comfyui.kind import comfyui_kind
from vibes.nodes.comfyui_managed.node import managed_node
from vibes.ports.kinds import HubTraits
from vibes.ports.nodes import GeneratorNode

_PORTS = {"http": 80, "https": 443}


def comfyui_of(settings: WorkerSettings, folder: Path) -> GeneratorNode:
    """Known to its ComfyUI as the same client each time it is made. ``folder``: for what a started one writes."""
    traits = HubTraits(hub_id=uuid5(NAMESPACE_URL, f"vibes-worker:{settings.own_name}"), state_folder=folder)
    if settings.comfyui is not None:
        return comfyui_kind(traits).connect(_at(settings, settings.comfyui))
    options = {
        "folder": settings.comfyui_folder,
        "python": settings.own_python,
        "device": settings.device if settings.device == "cpu" else int(settings.device.removeprefix("cuda:")),
        "extra_args": [*settings.extra_args],
        "extra_model_paths": settings.extra_model_paths,
    }
    return managed_node(traits, _config(settings, options=options))


def _at(settings: WorkerSettings, url: str) -> NodeConfig:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    port = parts.port or _PORTS.get(parts.scheme)
    if parts.hostname is None or port is None:
        raise ValueError(f"{url!r} is no address of a ComfyUI: write http://127.0.0.1:8188")
    path = parts.path.rstrip("/")
    return _config(settings, host=parts.hostname, port=port, scheme=parts.scheme, path_prefix=path)


def _config(settings: WorkerSettings, **more: object) -> NodeConfig:
    name = settings.own_name
    given: dict[str, object] = {
        "id": NodeId(name),
        "name": name,
        "tier": Tier(settings.tier),
        "vram_gb": 0.0,
        "capabilities": frozenset(settings.capabilities),
        "max_resolution": settings.max_resolution,
        "max_batch": 1,
        "kind": DEFAULT_KIND,
    }
    return NodeConfig(**{**given, **more})  # type: ignore[arg-type]  # each of them is what it must be
