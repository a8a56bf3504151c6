"""A node: one remote machine that makes images; its configuration, state and inventory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from vibes.domain.ids import NodeId
from vibes.text.file_names import PathStyle, is_file_name, same_file


class Tier(StrEnum):
    """A node's rank, lowest first."""

    DRAFT = "draft"
    STANDARD = "standard"
    QUALITY = "quality"
    PREMIUM = "premium"

    @property
    def rank(self) -> int:
        """0 for draft up to 3 for premium."""
        return list(Tier).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTls:
    """How a node behind ``https`` and the hub identify themselves to each other. Files are in PEM format."""

    ca: Path | None = None
    """The only certificate to trust, the node's own or its authority's; None: those of the system."""
    verify: bool = True
    """False: trust any certificate."""
    check_hostname: bool = True
    """False: a trusted certificate may be for another name, or for none."""
    client_cert: Path | None = None
    """The certificate that the hub presents."""
    client_key: Path | None = None
    """Its private key; None when it is in the same file."""
    digest: str = ""
    """Hash of the files' content, so that renewed certificates make the settings differ."""


DEFAULT_KIND = "comfyui"
"""What drives a node of which ``gpus.yaml`` does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfig:
    """One entry of ``gpus.yaml``, already validated."""

    id: NodeId
    name: str
    tier: Tier
    vram_gb: float
    host: str | None = None
    """None, as the port, where the kind needs no address of a machine."""
    port: int | None = None
    capabilities: frozenset[str]
    max_resolution: int
    max_batch: int
    enabled: bool = True
    scheme: str = "http"
    headers: Mapping[str, str] = field(default_factory=dict)
    path_prefix: str = ""
    tls: NodeTls = NodeTls()
    kind: str = DEFAULT_KIND
    """What drives it, by the name of its `NodeKind`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What ``gpus.yaml`` tells that kind, which alone knows what it means."""

    @property
    def base_url(self) -> str:
        """Without a trailing slash: ``http://192.168.0.20:8188``; empty without a host."""
        if self.host is None:
            return ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path_prefix}"


class NodeState(StrEnum):
    """What the hub knows about a node right now."""

    STARTING = "starting"
    """Configured, not asked yet."""
    READY = "ready"
    """Answers, and is idle."""
    BUSY = "busy"
    """Answers, and is working."""
    DEGRADED = "degraded"
    """Answers after more than 5 s: used only when no other node can do the work."""
    WEDGED = "wedged"
    """Answers, but its worker makes no progress; it must be restarted."""
    OFFLINE = "offline"
    """Does not answer."""
    DRAINING = "draining"
    """Finishes its work, gets nothing new."""
    DISABLED = "disabled"
    """Disabled in ``gpus.yaml``."""

    @property
    def takes_work(self) -> bool:
        return self in _WORKING_STATES


_WORKING_STATES = frozenset({NodeState.READY, NodeState.BUSY, NodeState.DEGRADED})


class ModelFolder(StrEnum):
    """ComfyUI's model folders that a graph can ask files of, by their names in ``/models/{folder}``."""

    CHECKPOINTS = "checkpoints"
    LORAS = "loras"
    VAE = "vae"
    TEXT_ENCODERS = "text_encoders"
    DIFFUSION_MODELS = "diffusion_models"
    CONTROLNET = "controlnet"
    UPSCALE_MODELS = "upscale_models"
    CLIP_VISION = "clip_vision"
    STYLE_MODELS = "style_models"
    EMBEDDINGS = "embeddings"
    """Named in prompts (``embedding:NAME``), not by an input."""
    GLIGEN = "gligen"
    HYPERNETWORKS = "hypernetworks"
    PHOTOMAKER = "photomaker"
    MODEL_PATCHES = "model_patches"


_MODELS = frozenset({ModelFolder.CHECKPOINTS, ModelFolder.DIFFUSION_MODELS})


class ModelFile(NamedTuple):
    """A file that a graph node reads."""

    folder: ModelFolder | None
    """None: an unknown folder, since the graph node's class is not one of `MODEL_FILE_INPUTS`."""
    name: str

    @property
    def is_model(self) -> bool:
        """Whether it is the diffusion model or checkpoint, by far the largest file of its graph."""
        return self.folder in _MODELS


MODEL_FILE_INPUTS: Mapping[tuple[str, str], ModelFolder] = {
    ("CheckpointLoaderSimple", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("CheckpointLoader", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("unCLIPCheckpointLoader", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("ImageOnlyCheckpointLoader", "ckpt_name"): ModelFolder.CHECKPOINTS,
    ("LoraLoader", "lora_name"): ModelFolder.LORAS,
    ("LoraLoaderModelOnly", "lora_name"): ModelFolder.LORAS,
    ("VAELoader", "vae_name"): ModelFolder.VAE,
    ("CLIPLoader", "clip_name"): ModelFolder.TEXT_ENCODERS,
    ("DualCLIPLoader", "clip_name1"): ModelFolder.TEXT_ENCODERS,
    ("DualCLIPLoader", "clip_name2"): ModelFolder.TEXT_ENCODERS,
    ("TripleCLIPLoader", "clip_name1"): ModelFolder.TEXT_ENCODERS,
    ("TripleCLIPLoader", "clip_name2"): ModelFolder.TEXT_ENCODERS,
    ("TripleCLIPLoader", "clip_name3"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name1"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name2"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name3"): ModelFolder.TEXT_ENCODERS,
    ("QuadrupleCLIPLoader", "clip_name4"): ModelFolder.TEXT_ENCODERS,
    ("UNETLoader", "unet_name"): ModelFolder.DIFFUSION_MODELS,
    ("UnetLoaderGGUF", "unet_name"): ModelFolder.DIFFUSION_MODELS,
    ("ControlNetLoader", "control_net_name"): ModelFolder.CONTROLNET,
    ("DiffControlNetLoader", "control_net_name"): ModelFolder.CONTROLNET,
    ("UpscaleModelLoader", "model_name"): ModelFolder.UPSCALE_MODELS,
    ("CLIPVisionLoader", "clip_name"): ModelFolder.CLIP_VISION,
    ("StyleModelLoader", "style_model_name"): ModelFolder.STYLE_MODELS,
    ("GLIGENLoader", "gligen_name"): ModelFolder.GLIGEN,
    ("HypernetworkLoader", "hypernetwork_name"): ModelFolder.HYPERNETWORKS,
    ("PhotoMakerLoader", "photomaker_model_name"): ModelFolder.PHOTOMAKER,
    ("ModelPatchLoader", "name"): ModelFolder.MODEL_PATCHES,
}
"""Which input of which graph-node class names a file of which folder (docs/comfyui-protocol.md#model-inputs)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeInventory:
    """What a node has, from ``/system_stats`` and ``/object_info``.

    Names may be asked for in any spelling that means the same file on this node (`text.file_names`).
    """

    version: str
    device_name: str
    simulated: bool
    vram_total_bytes: int
    graph_node_classes: frozenset[str]
    files: Mapping[ModelFolder, frozenset[str]]
    """By folder; with slashes where the node is known to run on Windows."""
    choices: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By graph-node class and input: the valid values of each input with a list, in the node's own spelling.

    Inputs without a list, or whose list is unknown, are absent.
    """
    path_style: PathStyle = PathStyle.POSIX
    samplers: frozenset[str] = frozenset()
    schedulers: frozenset[str] = frozenset()
    max_upload_bytes: int | None = None
    """Largest request in bytes, from ``/features``; None when it is not told."""
    supports_jobs_api: bool
    """Whether ``/api/jobs`` answers (ComfyUI 0.33), where cancelling is atomic."""

    def has_file(self, folder: ModelFolder, name: str) -> bool:
        return self._file(folder, name) is not None

    def has_exactly(self, folder: ModelFolder, name: str) -> bool:
        """Whether it has a file of exactly this name; a backslash is an ordinary character here."""
        return self.path_style is PathStyle.POSIX and name in self.files.get(folder, frozenset())

    def file(self, file: ModelFile) -> ModelFile:
        """The file under the name that `files` has for it; unchanged when the node does not list it."""
        name = self._file(file.folder, file.name) if file.folder is not None else None
        return ModelFile(file.folder, name or file.name)

    def lists(self, file: ModelFile) -> bool:
        """False when it is known to have no such file."""
        return file.folder is None or self.has_file(file.folder, file.name)

    def takes(self, class_type: str, input_name: str, value: str) -> bool:
        """Whether this input takes the value, as far as the inventory tells."""
        return self._choice(class_type, input_name, value) is not None or (class_type, input_name) not in self.choices

    def spelling(self, class_type: str, input_name: str, value: str) -> str:
        """The value as this node spells it; unchanged when the node does not list it."""
        return self._choice(class_type, input_name, value) or value

    def embedding(self, name: str) -> str | None:
        """The embedding's name in the node's own spelling; None when it is not listed."""
        found = self._file(ModelFolder.EMBEDDINGS, name)
        return found.replace("/", "\\") if found and self.path_style is PathStyle.WINDOWS else found

    def _file(self, folder: ModelFolder, name: str) -> str | None:
        return same_file(name, self.files.get(folder, frozenset()), self.path_style)

    def _choice(self, class_type: str, input_name: str, value: str) -> str | None:
        offered = self.choices.get((class_type, input_name), frozenset())
        return same_file(value, offered, self.path_style if is_file_name(value) else PathStyle.POSIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeQueue:
    """A node's own queue at one moment: prompts of all clients."""

    running: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def length(self) -> int:
        return len(self.running) + len(self.pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeVitals:
    """The answer to one health check."""

    queue: NodeQueue
    vram_free_bytes: int
    response_ms: float
