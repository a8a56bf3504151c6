"""Bodies of ``/api/gpus``."""

from pydantic import Field

from vibes.api.schemas.common import SHOWN_PROMPT, Timestamp
from vibes.api.schemas.generations import ResponseBody
from vibes.domain.errors import DocumentProblem
from vibes.domain.node import ModelFolder, NodeState, Tier
from vibes.domain.reason import ReasonCode
from vibes.scheduling.estimator import Speed
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.text.plain_text import encodable, shortened

BYTES_PER_GB = 1024**3


class SpeedOut(ResponseBody):
    seconds_per_step_megapixel: float
    samples: int


class RunningOut(ResponseBody):
    generation_id: str
    session_id: str
    prompt: str


class UnreadableFileOut(ResponseBody):
    folder: ModelFolder | None = Field(description="None: only the author of the graph node that reads it knows.")
    name: str
    message: str = Field(description="What the node said, and when it gets work with it again, in words.")


class GpuOut(ResponseBody):
    id: str
    name: str
    tier: Tier
    vram_gb: float
    vram_total_gb: float | None = Field(description="As the node itself tells it; vram_gb is what gpus.yaml says.")
    vram_free_gb: float | None
    healthy: bool = Field(description="Answers and takes work.")
    state: NodeState
    state_since: Timestamp
    reason: str | None = Field(description="Why it is in that state, in words.")
    reason_code: ReasonCode | None = Field(description="The same for whoever decides upon it.")
    current_queue_length: int = Field(description="Prompts on the node, ours and others'.")
    capabilities: list[str]
    max_resolution: int
    max_batch: int
    last_response_ms: float | None
    last_error: str | None
    unreadable_files: list[UnreadableFileOut] = Field(
        description="Model files that it could not read when it last tried; other nodes draw what needs them."
    )
    url: str = Field(description="Empty where the kind needs no address.")
    kind: str = Field(description="What drives it, as `kind` of gpus.yaml says.")
    version: str | None = Field(description="The node's ComfyUI version.")
    device_name: str | None
    simulated: bool
    running: list[RunningOut]
    eta_seconds: float | None = Field(description="Seconds until it has done all that the plan gives it.")
    speeds: dict[str, SpeedOut] = Field(description="Measured, per family.")

    @classmethod
    def of(
        cls, watch: WatchedNode, active: list[ActiveAttempt], speeds: dict[str, Speed], eta_seconds: float | None
    ) -> "GpuOut":
        config, vitals, inventory = watch.config, watch.vitals, watch.inventory
        alive = watch.reachable
        reason = (watch.pause_reason if watch.state.takes_work else None) or watch.reason
        return cls(
            id=config.id,
            name=config.name,
            tier=config.tier,
            vram_gb=config.vram_gb,
            vram_total_gb=round(inventory.vram_total_bytes / BYTES_PER_GB, 2) if inventory else None,
            vram_free_gb=round(vitals.vram_free_bytes / BYTES_PER_GB, 2) if vitals and alive else None,
            healthy=watch.state.takes_work and not watch.paused_for,
            state=watch.state,
            state_since=watch.since,
            reason=reason and reason.sentence,
            reason_code=reason and reason.code,
            current_queue_length=watch.foreign_queue_length + len(active),
            capabilities=sorted(config.capabilities),
            max_resolution=config.max_resolution,
            max_batch=config.max_batch,
            last_response_ms=round(vitals.response_ms, 1) if vitals else None,
            last_error=watch.last_error,
            unreadable_files=[
                UnreadableFileOut(folder=file.folder, name=file.name, message=message)
                for file, message in watch.unreadable.sentences().items()
            ],
            url=config.base_url,
            kind=config.kind,
            version=inventory.version if inventory else None,
            device_name=inventory.device_name if inventory else None,
            simulated=inventory.simulated if inventory else False,
            running=[
                RunningOut(
                    generation_id=attempt.generation.id,
                    session_id=attempt.generation.session_id,
                    prompt=shortened(attempt.work.spec.prompt, SHOWN_PROMPT),
                )
                for attempt in active
            ],
            eta_seconds=eta_seconds,
            speeds={
                family: SpeedOut(
                    seconds_per_step_megapixel=round(speed.seconds_per_step_megapixel, 4), samples=speed.samples
                )
                for family, speed in speeds.items()
            },
        )


class FileProblem(ResponseBody):
    file: str
    line: int = Field(description="Counted from 1, as the column; 0: the whole file.")
    column: int
    message: str

    @classmethod
    def of(cls, problem: DocumentProblem) -> "FileProblem":
        return cls(
            file=encodable(problem.file),  # a file system may hold names that are no text
            line=problem.line,
            column=problem.column,
            message=encodable(problem.message),
        )


class GpuList(ResponseBody):
    gpus: list[GpuOut]
    config_problems: list[FileProblem] = Field(
        description="Why the newest gpus.yaml is not in force; empty when it is."
    )
    storage_problem: str | None = Field(
        description="Why finished pictures cannot be stored, a full disk for example; they wait, and none is lost."
    )
    hub_problems: list[str] = Field(
        description="What is broken in the hub itself; all else goes on, and it is tried again."
    )


class GpuModels(ResponseBody):
    id: str
    models: dict[ModelFolder, list[str]]
