"""The funnel's presets as this fleet can draw them: a family that no node has is replaced by the nearest available
one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vibes.domain.ids import NodeId
from vibes.domain.pictures.spec import Operation
from vibes.services.generations.models import FamilyFile, FleetModels, named
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.sessions.flow_file import FlowPreset, StagePreset
from vibes.workflows.filling.parameters import workflow_defaults
from vibes.workflows.library.library import Library

_NEAREST = ("sdxl", "illustrious", "pony", "z-image", "flux", "qwen-image", "sd15")
"""Replacements for a family, in order of preference: most widely used and with most files first."""


@dataclass(frozen=True, slots=True)
class FittedStage:
    stage: StagePreset
    instead_of: str | None = None
    """The preset's family, if another one replaces it."""
    note: str | None = None
    """Why it is replaced, or why the stage cannot be drawn and what helps."""
    drawable: bool = True
    needs_money: bool = False
    """Whether only nodes that cost money can draw it, which do so for batches that may spend some."""


class FunnelFlows:
    def __init__(self, presets: Mapping[str, FlowPreset], models: FleetModels, workflows: WorkflowCatalog) -> None:
        self.presets = presets
        """As flows.yaml says."""
        self._models = models
        self._workflows = workflows

    async def fitted_anew(self) -> Mapping[str, tuple[FittedStage, ...]]:
        """As `fitted`, after what is not known yet of the fleet's files was looked up."""
        await self._models.learn()
        return self.fitted()

    def fitted(self) -> Mapping[str, tuple[FittedStage, ...]]:
        """By preset; the first stage is drawn from text, the others from pictures."""
        fitting = _Fitting(self._models, self._workflows.library)
        return {
            name: tuple(
                fitting.stage(stage, Operation.IMG2IMG if index else Operation.TXT2IMG)
                for index, stage in enumerate(preset.stages)
            )
            for name, preset in self.presets.items()
        }


class _Fitting:
    """Looks up each family once."""

    def __init__(self, models: FleetModels, library: Library) -> None:
        self._models = models
        self._library = library
        self._stands_in: dict[Operation, str | None] = {}

    def stage(self, stage: StagePreset, operation: Operation) -> FittedStage:
        fitted = self._fitted(stage, operation)
        paid = self._models.shelves.paid_nodes()
        able = self._able(fitted.stage, operation) if paid and fitted.drawable else frozenset()
        if not able or able - paid:
            return fitted
        note = f"only {named(sorted(able))} can draw it, for money: nothing is drawn while nothing may be spent"
        return replace(fitted, needs_money=True, note=f"{fitted.note}; {note}" if fitted.note else note)

    def _able(self, stage: StagePreset, operation: Operation) -> frozenset[NodeId]:
        """Nodes that may draw it: those with its file or, while none has told that, all that are given its family."""
        given = frozenset(self._models.shelves.nodes_given(stage.model_family, operation))
        if stage.checkpoint is not None:
            return (self._models.shelves.nodes_with(stage.checkpoint) & given) or given
        found = self._models.family_file(self._library, stage.model_family, operation)
        return frozenset(found.nodes) or given

    def _fitted(self, stage: StagePreset, operation: Operation) -> FittedStage:
        family = stage.model_family
        if family not in self._library.families():
            return FittedStage(stage)
        found = self._models.family_file(self._library, family, operation)
        if found.file is not None and stage.checkpoint is None:
            return self._as_it_is_drawn(FittedStage(stage), found)
        if not found.known or stage.checkpoint is not None:
            return FittedStage(stage)
        other = self._first_there_is(operation)
        if other is None:
            return FittedStage(stage, note=found.why, drawable=False)
        steps = round(stage.steps * self._usual("steps", other) / self._usual("steps", family))
        larger = max(self._usual("width", other) / self._usual("width", family), 1.0)
        size = {"width": round(stage.width * larger / 8) * 8, "height": round(stage.height * larger / 8) * 8}
        fitted = stage.model_copy(update={"model_family": other, "steps": max(steps, 1), **size})
        there = self._models.family_file(self._library, other, operation)
        return self._as_it_is_drawn(FittedStage(fitted, family, f"drawn with {other}: {found.why}"), there)

    def _as_it_is_drawn(self, fitted: FittedStage, found: FamilyFile) -> FittedStage:
        """With a size and steps that a node with this file draws, where none draws those of the stage."""
        stage, file = fitted.stage, found.file
        inventories = [each for each in map(self._models.shelves.inventory_of, found.nodes) if each is not None]
        asked = stage.width, stage.height, stage.steps
        drawn = [each.suggests(file, *asked) for each in inventories] if file is not None else []
        if not drawn or asked in drawn:
            return fitted
        width, height, steps = drawn[0]
        note = f"drawn at {width}×{height} in {steps} steps, as {file} can"
        changed = stage.model_copy(update={"width": width, "height": height, "steps": steps})
        return FittedStage(changed, fitted.instead_of, f"{fitted.note}; {note}" if fitted.note else note)

    def _first_there_is(self, operation: Operation) -> str | None:
        if operation not in self._stands_in:
            there = (
                family
                for family in _NEAREST
                if self._library.offers(family, operation)
                and self._models.family_file(self._library, family, operation).file is not None
            )
            self._stands_in[operation] = next(there, None)
        return self._stands_in[operation]

    def _usual(self, parameter: str, family: str) -> float:
        """The family's usual value for refining: drafts have fewer steps where that pays."""
        operation = Operation.IMG2IMG if self._library.offers(family, Operation.IMG2IMG) else Operation.TXT2IMG
        workflow = self._library.select(family, operation, loras=0)
        return float(workflow_defaults(workflow, family).get(parameter, 1))
