"""A node: one remote machine that makes images; its configuration, state and inventory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from vibes.domain.cost import DEFAULT_OVERFLOW_SECONDS, NO_BUDGET, NodeBudget, NodeCost, Use
from vibes.domain.ids import NodeId
from vibes.domain.nodes.card_memory import KNOWN_NEEDS, CardMemory, MemoryNeeds
from vibes.domain.nodes.owner_hours import DEFAULT_GRACE_SECONDS, OwnerHours, WhenNeeded
from vibes.domain.reason import Reason


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
    keys_digest: str = ""
    """Of the keys that its kind found for it outside of ``gpus.yaml``; with other keys it is driven anew."""
    cost: NodeCost | None = None
    """None: nothing, unless the node itself tells its price."""
    budget: NodeBudget = NO_BUDGET
    use: Use | None = None
    """None: always where it costs nothing, else when asked."""
    overflow_after_seconds: float = DEFAULT_OVERFLOW_SECONDS
    """With ``Use.OVERFLOW``: how late the nodes that are always used must be, in seconds from now."""

    owner_hours: OwnerHours | None = None
    """When the machine belongs to its owner; None: it is always lent."""
    when_needed: WhenNeeded = WhenNeeded.FINISH
    grace_seconds: float = DEFAULT_GRACE_SECONDS
    """With ``WhenNeeded.MOVE``: for what runs when its owner needs it."""
    memory_needs: MemoryNeeds = KNOWN_NEEDS
    """Beside what is known of each family."""

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
    """What a model file is for, by the names of the folders that ComfyUI keeps such files in."""

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
    """A file that a node reads to carry out an order."""

    folder: ModelFolder | None
    """None: only the author of whatever reads it knows."""
    name: str

    @property
    def is_model(self) -> bool:
        """Whether it is what draws the picture, the largest file that is read by far."""
        return self.folder in _MODELS


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeQueue:
    """A node's own queue at one moment: prompts of all clients."""

    running: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def length(self) -> int:
        return len(self.running) + len(self.pending)


@dataclass(frozen=True, slots=True)
class Closed:
    """A node takes no orders at present, although it answers."""

    reason: Reason
    seconds: float
    """Until it may take some again, or can say more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeVitals:
    """The answer to one health check."""

    queue: NodeQueue
    vram_free_bytes: int
    response_ms: float
    closed: Closed | None = None
    balance_usd: float | None = None
    """What is left of the account that its pictures are paid from, where it tells."""
    cost: NodeCost | None = None
    """What it costs now, where that may be less than what it may cost at most."""
    memory: CardMemory | None = None
    """Who holds the memory of its card, where it tells."""
