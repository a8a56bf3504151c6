"""A generation: one output asked for, from its spec to its image."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.money import MicroUsd
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.pictures.variation import Varied
from vibes.domain.pictures.written import Written


class GenerationStatus(StrEnum):
    """The public status. Terminal ones absorb: nothing leaves them but an explicit retry."""

    QUEUED = "queued"
    """Waits for a node, for the first time or after an attempt was lost."""
    GENERATING = "generating"
    """An attempt on a node is open."""
    COMPLETE = "complete"
    """The image is stored."""
    FAILED = "failed"
    """Given up; ``error_message`` says why."""
    CANCELLED = "cancelled"
    """Somebody cancelled it."""

    @property
    def terminal(self) -> bool:
        return self in TERMINAL_STATUSES


MAX_IMAGES = 256
"""Of one generation; a workflow that saves more files at once is refused, since nobody could look at them as one
result."""

TERMINAL_STATUSES = frozenset({GenerationStatus.COMPLETE, GenerationStatus.FAILED, GenerationStatus.CANCELLED})
OPEN_STATUSES = frozenset({GenerationStatus.QUEUED, GenerationStatus.GENERATING})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image of a generation, safely stored."""

    image_path: str
    """The key of its file, ``{session}/{name}``; in a folder, its path in there."""
    thumbnail_path: str
    """The key of a small JPEG of it."""
    sha256: str
    width: int
    height: int
    size_bytes: int
    media_type: MediaType = MediaType.PNG
    graph_node: str = ""
    """The graph node that saved it; empty: not known."""

    @property
    def paths(self) -> tuple[str, str]:
        """The keys of all that is kept of it."""
        return self.image_path, self.thumbnail_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    id: GenerationId
    session_id: SessionId
    batch_id: BatchId
    index: int
    """Place in its batch, from 0."""
    stage: int
    spec: GenerationSpec
    status: GenerationStatus
    created_at: datetime
    parent_id: GenerationId | None = None
    node_id: NodeId | None = None
    images: tuple[StoredImage, ...] = ()
    """What it came to, at least one when it is complete; the first is the one that is shown."""
    generation_time_ms: int | None = None
    """From the node's start of work to its end, as seen by the hub."""
    error_message: str | None = None
    completed_at: datetime | None = None
    starred: bool = False
    discard_after: datetime | None = None
    """Set when the funnel advanced without this one: its image is deleted after this moment."""
    place: int = 0
    """Its moved place in the queue: below 0 before all others, above 0 after them; 0 when it was not moved."""
    cost: MicroUsd | None = None
    """What its attempts have cost, with what may have been charged; None: nothing was paid for it."""
    reproducible: bool = True
    """Whether its settings would come to the same image again; False where its node takes no seed, for example."""
    varied: Varied = field(default_factory=dict)
    """What it differs in from the others of its batch; empty where that is not what the batch is for."""
    written: Written | None = None
    """The prompts before styles and wildcards; None where they are those of the spec."""
    rating: int | None = None
    """How good a person finds it, from 1 to 5; None: not rated."""

    @property
    def image(self) -> StoredImage | None:
        """The one that is shown."""
        return self.images[0] if self.images else None
