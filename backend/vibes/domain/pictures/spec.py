"""What one generation is asked to be: everything that decides the picture."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vibes.domain.ids import GenerationId, NodeId, WorkflowVersionId

ParameterValue = str | int | float | bool
"""The value of a workflow's parameter; images are bound by their uploaded name."""

MAX_SEED = 2**64 - 1
"""ComfyUI's own upper bound for a seed (docs/comfyui-protocol.md#catalogue)."""


_BUILT_IN_LORA = re.compile(r"built_in_lora(_\d+)?")
"""What an import calls the files of LoRA loaders in the graph; ``…_strength`` is the strength of each."""


class TaskType(StrEnum):
    """What the picture is for; decides which tier is preferred."""

    DRAFT = "draft"
    STANDARD = "standard"
    QUALITY = "quality"
    FLUX_QUALITY = "flux_quality"
    UPSCALE = "upscale"

    @property
    def prefers_high_tier(self) -> bool:
        """Whether the best card is preferred: for refining, Flux and upscaling, but not for drafts."""
        return self in {TaskType.QUALITY, TaskType.FLUX_QUALITY, TaskType.UPSCALE}


class Operation(StrEnum):
    """What a workflow does."""

    TXT2IMG = "txt2img"
    IMG2IMG = "img2img"
    INPAINT = "inpaint"
    HIRES_FIX = "hires_fix"
    CONTROLNET = "controlnet"
    UPSCALE = "upscale"
    PREPROCESS = "preprocess"


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """One LoRA of a chain, with its strengths on the diffusion model and on the text encoder."""

    name: str
    strength_model: float = 1.0
    strength_clip: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationSpec:
    """A complete, checked description of one picture; equal specs on equal nodes give equal pictures.

    ``parameters`` holds the workflow's values besides the named ones (sampler, scheduler, upscale model …). A named
    field is None where the workflow has no such parameter.
    """

    workflow: str
    operation: Operation
    model_family: str
    task_type: TaskType
    seed: int
    prompt: str = ""
    negative_prompt: str = ""
    checkpoint: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    cfg_scale: float | None = None
    denoise_strength: float | None = None
    loras: tuple[LoraSpec, ...] = ()
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    source_id: GenerationId | None = None
    """The generation whose image is the input."""
    preferred_node: NodeId | None = None
    seed_chosen: bool = False
    """Whether a person chose the seed: then only a node that draws the same picture from it again will do."""
    workflow_version: WorkflowVersionId | None = None
    """The workflow at the time of submission. None: submitted before versions were kept; the library's workflow is
    used."""

    @property
    def is_drawn(self) -> bool:
        """Whether a model drew it. What is only enlarged or preprocessed tells the words of the picture before it, and
        its workflow takes none."""
        return self.steps is not None or self.operation not in {Operation.UPSCALE, Operation.PREPROCESS}

    @property
    def drawn_loras(self) -> tuple[LoraSpec, ...]:
        """All LoRAs that it is drawn with: those that were asked for, then those that an imported workflow loads
        itself, which are parameters of it."""
        return (*self.loras, *self._built_in_loras())

    def _built_in_loras(self) -> Iterator[LoraSpec]:
        for parameter, name in self.parameters.items():
            if _BUILT_IN_LORA.fullmatch(parameter) and isinstance(name, str) and name not in ("", "None"):
                strength = self.parameters.get(f"{parameter}_strength", 1.0)
                if isinstance(strength, int | float) and strength:
                    yield LoraSpec(name, float(strength), float(strength))

    def values(self) -> dict[str, ParameterValue]:
        """Every value to bind, by parameter name; those that are None are left out."""
        named: dict[str, ParameterValue | None] = {
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "seed": self.seed,
            "checkpoint": self.checkpoint,
            "width": self.width,
            "height": self.height,
            "steps": self.steps,
            "cfg_scale": self.cfg_scale,
            "denoise_strength": self.denoise_strength,
        }
        return {**self.parameters, **{name: value for name, value in named.items() if value is not None}}
