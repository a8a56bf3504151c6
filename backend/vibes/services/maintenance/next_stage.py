"""What the next stage of a session will load, once there are pictures to choose from: its works and its checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, SessionId
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import GenerationSpec, ParameterValue
from vibes.domain.priority import Priority
from vibes.ports.orders import Order
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.generations.asked_names import with_fleet_names
from vibes.services.generations.flows import FunnelFlows
from vibes.services.generations.materials import Materials
from vibes.services.generations.spec_builder import build_specs
from vibes.services.queue.work import needs_of
from vibes.services.sessions.flow_file import StagePreset, stage_preset

SIDE, STEPS = 64, 1
"""Of the picture that is drawn to have the checkpoint loaded, and thrown away."""


@dataclass(frozen=True, slots=True)
class Warming:
    """What is to be loaded: as works for the plan, and as the order that loads it."""

    works: tuple[Work, ...]
    order: Order
    checkpoint: str


class NextStage:
    def __init__(self, storage: Storage, flows: FunnelFlows, materials: Materials) -> None:
        self._storage = storage
        self._flows = flows
        self._workflows = materials.workflows
        self._models = materials.models

    async def after(self, session_id: SessionId, batch_id: BatchId) -> Warming | None:
        """None where nobody can go on to another stage now, or that one's workflow loads no checkpoint file. Raises
        HubError where it could not be drawn."""
        session = await self._storage.sessions.get(session_id)
        members = await self._storage.generations.of_batch(batch_id)
        if session is None or not _to_choose_from(members, session.current_stage):
            return None
        fitted = self._flows.fitted()
        flows = {
            name: preset.model_copy(update={"stages": [each.stage for each in fitted[name]]})
            for name, preset in self._flows.presets.items()
        }
        preset = stage_preset(flows, session, session.current_stage + 1)
        return self._warming(preset) if preset is not None else None

    def _warming(self, preset: StagePreset) -> Warming | None:
        """None when the stage's workflow loads no checkpoint file."""
        values: dict[str, ParameterValue] = {
            "prompt": "warm-up",
            "width": preset.width,
            "height": preset.height,
            "steps": preset.steps,
        }
        if preset.checkpoint is not None:
            values["checkpoint"] = preset.checkpoint
        request = GenerationRequest(
            session_id=None,
            model_family=preset.model_family,
            task_type=preset.task_type,
            values=values,
            seed=0,
        )
        fitted = self._models.fit(self._workflows.library, request, ())
        workflow = fitted.workflow
        specs = build_specs(workflow, fitted.family, fitted.request, {})
        [spec] = with_fleet_names(workflow, specs, self._models.shelves.inventories)
        if spec.checkpoint is None:
            return None
        works = tuple(_work(index, spec, needs_of(workflow, spec, None), preset) for index in range(preset.count))
        tiny = replace(spec, width=SIDE, height=SIDE, steps=STEPS)
        return Warming(works, Order(workflow=workflow, spec=tiny, kept=False), spec.checkpoint)


def _to_choose_from(members: Sequence[Generation], stage: int) -> bool:
    return any(each.status is GenerationStatus.COMPLETE and each.stage == stage for each in members)


def _work(index: int, spec: GenerationSpec, needs: tuple[Requirements, float], preset: StagePreset) -> Work:
    required, step_megapixels = needs
    return Work(
        generation_id=GenerationId(f"warm-up {index}"),
        batch_id=BatchId("warm-up"),
        batch_total=preset.count,
        spec=spec,
        requirements=required,
        step_megapixels=step_megapixels,
        priority=Priority.NORMAL,
    )
