"""Bodies of ``/api/gpus``."""

from collections.abc import Sequence

from pydantic import AwareDatetime, Field

from vibes.api.schemas.common import SHOWN_PROMPT, RequestBody, Timestamp
from vibes.api.schemas.generations import ResponseBody
from vibes.api.schemas.money import ToldUsd
from vibes.domain.cost import NodeBudget, NodeCost, Use
from vibes.domain.errors import DocumentProblem
from vibes.domain.generation import Generation
from vibes.domain.nodes.inventory import OfferedModel
from vibes.domain.nodes.node import ModelFolder, NodeState, Tier
from vibes.domain.nodes.owner_hours import WhenNeeded
from vibes.domain.nodes.status import NodeStatus
from vibes.domain.reason import ReasonCode
from vibes.services.queue.queue_view import MeasuredSpeed, NodeLoad
from vibes.text.plain_text import encodable, shortened

BYTES_PER_GB = 1024**3


class SpeedOut(ResponseBody):
    seconds_per_step_megapixel: float
    samples: int

    @classmethod
    def of(cls, speed: MeasuredSpeed) -> "SpeedOut":
        return cls(seconds_per_step_megapixel=round(speed.seconds_per_step_megapixel, 4), samples=speed.samples)


class RunningOut(ResponseBody):
    generation_id: str
    session_id: str
    prompt: str

    @classmethod
    def of(cls, generation: Generation) -> "RunningOut":
        return cls(
            generation_id=generation.id,
            session_id=generation.session_id,
            prompt=shortened(generation.spec.prompt, SHOWN_PROMPT),
        )


class UnreadableFileOut(ResponseBody):
    folder: ModelFolder | None = Field(description="None: only the author of the graph node that reads it knows.")
    name: str
    message: str = Field(description="What the node said, and when it gets work with it again, in words.")


class GpuCostOut(ResponseBody):
    """What a node costs, in dollars."""

    per_image_usd: ToldUsd | None
    per_hour_usd: ToldUsd | None
    per_batch_limit_usd: ToldUsd | None = Field(description="Most that one batch may spend there; null: no limit.")
    daily_limit_usd: ToldUsd | None = Field(description="Days and months are those of UTC.")
    monthly_limit_usd: ToldUsd | None
    spent_today_usd: ToldUsd = Field(
        description="On pictures, with what is committed and what may have been charged; what a rented machine costs "
        "besides is told by /api/costs."
    )
    spent_this_month_usd: ToldUsd

    @classmethod
    def of(cls, cost: NodeCost, budget: NodeBudget, load: NodeLoad) -> "GpuCostOut":
        return cls(
            per_image_usd=cost.per_image or (None if cost.per_hour else cost.per_image),
            per_hour_usd=cost.per_hour or None,
            per_batch_limit_usd=budget.per_batch,
            daily_limit_usd=budget.daily,
            monthly_limit_usd=budget.monthly,
            spent_today_usd=load.spent_today,
            spent_this_month_usd=load.spent_this_month,
        )


class GpuModelOut(ResponseBody):
    """A model of a node that draws without files."""

    name: str = Field(description="As `checkpoint` names it.")
    families: list[str] = Field(description="As which it draws.")
    operations: list[str] = Field(description="What it does: txt2img, img2img, inpaint, controlnet, upscale.")
    price_usd: ToldUsd | None = Field(description="Of one picture; null: not known beforehand.")

    @classmethod
    def of(cls, model: OfferedModel) -> "GpuModelOut":
        return cls(
            name=model.name,
            families=sorted(model.families),
            operations=sorted(model.operations),
            price_usd=model.price,
        )


class DrainRequest(RequestBody):
    until: AwareDatetime | None = Field(
        None, description="When it is given work again by itself, within a year; null: when somebody resumes it."
    )
    running: WhenNeeded | None = Field(
        None,
        description="What becomes of what it draws: `finish` it; `move` it to other nodes unless it ends within the "
        "node's `grace_seconds`; `now`: move it at once. What waits there is taken back in any case. Null: as "
        "`when_needed` of gpus.yaml says, which is `finish` by default.",
    )
    free: bool = Field(False, description="Unload its models once it is idle.")


class GpuOut(ResponseBody):
    id: str
    name: str
    tier: Tier
    vram_gb: float
    vram_total_gb: float | None = Field(description="As the node itself tells it; vram_gb is what gpus.yaml says.")
    vram_free_gb: float | None
    others_vram_gb: float = Field(
        description="What another program, such as a game, holds of its memory, as far as that is sure: work for which "
        "too little is left is drawn elsewhere."
    )
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
    use: Use = Field(description="When it gets work.")
    cost: GpuCostOut | None = Field(description="Null: it costs nothing, or nobody has said how much.")
    slots: int = Field(description="Pictures that it draws at once.")
    models: list[GpuModelOut] = Field(description="What it draws with, where its kind has no files; else empty.")
    balance_usd: float | None = Field(
        description="What is left of the account that its pictures are paid from, in dollars, where it tells."
    )
    lent_from: Timestamp | None = Field(
        description="When its owner, who has it now, lends it again by itself; null: nobody has said, or it is lent."
    )
    owned_from: Timestamp | None = Field(
        description="When it belongs to its owner next; null: that is not known, or it does now."
    )
    owner_hours: list[str] = Field(description="As gpus.yaml says them, on the clock of `timezone`.")
    timezone: str | None = Field(description="Null: that of the hub's machine.")

    @classmethod
    def of(cls, node: NodeStatus, load: NodeLoad) -> "GpuOut":
        config, vitals, inventory = node.config, node.vitals, node.inventory
        reason = node.pause or node.reason
        return cls(
            id=config.id,
            name=config.name,
            tier=config.tier,
            vram_gb=config.vram_gb,
            vram_total_gb=round(inventory.vram_total_bytes / BYTES_PER_GB, 2) if inventory else None,
            vram_free_gb=round(vitals.vram_free_bytes / BYTES_PER_GB, 2) if vitals and node.reachable else None,
            others_vram_gb=round(node.others_memory_bytes / BYTES_PER_GB, 2),
            healthy=node.healthy,
            state=node.state,
            state_since=node.since,
            reason=reason and reason.sentence,
            reason_code=reason and reason.code,
            current_queue_length=node.foreign_queue_length + len(load.generations),
            capabilities=sorted(config.capabilities),
            max_resolution=config.max_resolution,
            max_batch=config.max_batch,
            last_response_ms=round(vitals.response_ms, 1) if vitals else None,
            last_error=node.last_error,
            unreadable_files=[
                UnreadableFileOut(folder=file.folder, name=file.name, message=message)
                for file, message in node.unreadable.items()
            ],
            url=config.base_url,
            kind=config.kind,
            version=(inventory.version or None) if inventory else None,
            device_name=inventory.device_name if inventory else None,
            simulated=inventory.simulated if inventory else False,
            running=[RunningOut.of(each) for each in load.generations],
            eta_seconds=load.eta_seconds,
            speeds={family: SpeedOut.of(speed) for family, speed in load.speeds.items()},
            use=node.use,
            cost=None if node.cost is None else GpuCostOut.of(node.cost, config.budget, load),
            slots=inventory.slots if inventory else 1,
            models=[GpuModelOut.of(model) for model in inventory.models] if inventory else [],
            balance_usd=vitals.balance_usd if vitals else None,
            lent_from=node.lent_from,
            owned_from=node.owned_from,
            owner_hours=[span.text for span in config.owner_hours.spans] if config.owner_hours else [],
            timezone=config.owner_hours.timezone if config.owner_hours else None,
        )


class FileProblem(ResponseBody):
    file: str
    line: int = Field(description="Counted from 1, as the column; 0: the whole file.")
    column: int
    message: str

    @classmethod
    def of(cls, problem: DocumentProblem) -> "FileProblem":
        return cls(
            file=encodable(problem.file),  # names in a file system may be invalid text
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

    @classmethod
    def of(
        cls,
        gpus: list[GpuOut],
        *,
        config_problems: Sequence[DocumentProblem],
        storage_problem: str | None,
        hub_problems: list[str],
    ) -> "GpuList":
        return cls(
            gpus=gpus,
            config_problems=[FileProblem.of(problem) for problem in config_problems],
            storage_problem=storage_problem,
            hub_problems=hub_problems,
        )


class GpuModels(ResponseBody):
    id: str
    models: dict[ModelFolder, list[str]]
