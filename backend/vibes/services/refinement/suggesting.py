"""One suggestion out of feedback: pictures are looked at, feedback understood, the prompt written; whatever does not
answer is done without."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from vibes.domain.chat.config import Stage
from vibes.domain.errors import NotFound, StorageUnavailable
from vibes.domain.ids import GenerationId
from vibes.domain.refinement.changes import Changes
from vibes.domain.refinement.feedback import FeedbackRequest
from vibes.domain.refinement.intent import IntentDocument
from vibes.domain.refinement.phrases import plain_text
from vibes.domain.refinement.plan import Refined, VisionContext
from vibes.domain.refinement.prose import too_different
from vibes.domain.refinement.record import StageAnswer
from vibes.domain.refinement.refining import Starting, refine
from vibes.domain.refinement.rules.interpreter import understand
from vibes.ports.chat import ChatStages
from vibes.ports.storage import Storage
from vibes.services.media.image_codec import BrokenPicture
from vibes.services.media.image_store import ImageStore
from vibes.services.refinement.asking import NoAnswer
from vibes.services.refinement.engineer import Engineered, PromptEngineer
from vibes.services.refinement.interpreter import FeedbackInterpreter, Interpretation
from vibes.services.refinement.vision import MOST_PICTURES, Compared, Seen, VisionAnalyzer

BY_RULES = "by rules"
SECONDS = 180.0
"""For all models together; what is not answered by then is done by rules."""
_SHORT_PROMPT = 8
"""Words: a prompt of fewer may become another one altogether."""


class Told(Protocol):
    """Hears how a suggestion comes about."""

    def stage(self, stage: Stage) -> None:
        """This stage begins."""

    def rationale(self, text: str, anew: bool) -> None:
        """The next piece of the rationale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    refined: Refined
    understood: Changes
    degraded: str | None = None
    seen: VisionContext | None = None
    answers: tuple[StageAnswer, ...] = ()


@dataclass(slots=True)
class _Progress:
    """What is known so far: a time limit leaves it as it is."""

    seen: VisionContext | None = None
    interpretation: Interpretation | None = None
    notes: tuple[str, ...] = ()
    answers: tuple[StageAnswer, ...] = ()


class Suggestions:
    def __init__(self, stages: ChatStages, storage: Storage, images: ImageStore) -> None:
        self._stages = stages
        self._storage = storage
        self._images = images
        self._interpreter = FeedbackInterpreter(stages)
        self._engineer = PromptEngineer(stages)
        self._vision = VisionAnalyzer(stages)

    async def suggest(
        self, request: FeedbackRequest, intent: IntentDocument, family: str, told: Told | None
    ) -> Suggestion:
        """Never raises."""
        start = Starting(
            prompt=request.prompt, negative_prompt=request.negative_prompt, family=family, earlier=intent.wishes
        )
        if all(self._stages.model(stage) is None for stage in (Stage.INTERPRETER, Stage.ENGINEER, Stage.VISION)):
            return _by_rules(request, start, "no LLM is configured", _Progress())
        progress = _Progress()
        try:
            async with asyncio.timeout(SECONDS), self._stages.together():
                return await self._with_models(request, intent, start, progress, told)
        except TimeoutError:
            return _by_rules(request, start, f"the models took longer than {SECONDS:.0f} s", progress)

    async def _with_models(
        self,
        request: FeedbackRequest,
        intent: IntentDocument,
        start: Starting,
        progress: _Progress,
        told: Told | None,
    ) -> Suggestion:
        if request.selected and self._stages.model(Stage.VISION) is not None:
            _tell(told, Stage.VISION)
            await self._look(request, progress)
        seen = _words_of(progress.seen)
        start = replace(start, seen=seen)
        _tell(told, Stage.INTERPRETER)
        interpretation = await self._interpreter.interpret(
            request.feedback,
            request.selected,
            request.rejected,
            intent,
            current_prompt=request.prompt,
            picture_notes=seen,
        )
        progress.interpretation = interpretation
        progress.answers += interpretation.answers
        changes, notes = _sensible(interpretation, request, start)
        progress.notes += notes
        _tell(told, Stage.ENGINEER)
        engineered = await self._engineer.refine(
            request.prompt, changes, start.family, start=start, tell=None if told is None else told.rationale
        )
        progress.answers += engineered.answers
        return _suggestion(interpretation, engineered, changes, progress)

    async def _look(self, request: FeedbackRequest, progress: _Progress) -> None:
        selected = await self._pictures(request.selected, progress)
        rejected = await self._pictures(request.rejected, progress)
        if not selected:
            return
        try:
            seen = await self._vision.analyze_selection(selected)
            progress.answers += seen.answers
            progress.seen = _context(seen, None)
            if rejected:
                compared = await self._vision.compare_selections(selected, rejected)
                progress.answers += compared.answers
                progress.seen = _context(seen, compared)
        except NoAnswer as error:
            progress.answers += error.answers
            progress.notes += (f"the pictures were not all looked at: {error.why}",)
        except BrokenPicture as error:
            progress.notes += (f"a picture could not be looked at: {error}",)

    async def _pictures(self, ids: Sequence[GenerationId], progress: _Progress) -> list[bytes]:
        """The first ones that are there."""
        found: list[bytes] = []
        for generation_id in ids[: 2 * MOST_PICTURES]:
            generation = await self._storage.generations.get(generation_id)
            image = generation.images[0] if generation is not None and generation.images else None
            if image is None or len(found) == MOST_PICTURES:
                continue
            try:
                found.append(await self._images.read(image))
            except (NotFound, StorageUnavailable) as error:
                progress.notes += (f"a picture could not be looked at: {error.message}",)
        return found


def _by_rules(request: FeedbackRequest, start: Starting, why: str, progress: _Progress) -> Suggestion:
    """With what a model understood before the time was up."""
    understood, notes = _read_by_rules(request, start)
    if progress.interpretation is not None:
        understood, notes = progress.interpretation.changes, ()
    refined = refine(start, understood)
    return Suggestion(
        refined=replace(refined, notes=(*progress.notes, *notes, *refined.notes)),
        understood=understood,
        degraded=f"{BY_RULES}: {why}",
        seen=progress.seen,
        answers=progress.answers,
    )


def _sensible(
    interpretation: Interpretation, request: FeedbackRequest, start: Starting
) -> tuple[Changes, tuple[str, ...]]:
    """What the rules understand instead, where a model's operations would make another prompt altogether."""
    if interpretation.degraded is not None:
        return interpretation.changes, interpretation.notes
    before = plain_text(start.phrases)
    after = refine(start, interpretation.changes).prompt
    if len(before.split()) < _SHORT_PROMPT or not too_different(before, after):
        return interpretation.changes, interpretation.notes
    note = "what the model understood would have changed most of the prompt; it was read by rules instead"
    changes, notes = _read_by_rules(request, start)
    return changes, (*interpretation.notes, note, *notes)


def _read_by_rules(request: FeedbackRequest, start: Starting) -> tuple[Changes, tuple[str, ...]]:
    """What they understand, and what they do not, for people."""
    phrases = [each.text for each in start.phrases if not each.fixed]
    understood = understand(request.feedback, phrases)
    return understood.changes, understood.notes


def _suggestion(
    interpretation: Interpretation, engineered: Engineered, changes: Changes, progress: _Progress
) -> Suggestion:
    refined = engineered.refined
    why = interpretation.degraded or engineered.degraded
    return Suggestion(
        refined=replace(refined, notes=(*progress.notes, *refined.notes)),
        understood=changes,
        degraded=None if why is None else f"{BY_RULES}: {why}",
        seen=progress.seen,
        answers=progress.answers,
    )


def _context(seen: Seen, compared: Compared | None) -> VisionContext:
    return VisionContext(
        description=seen.description,
        selected_traits=compared.selected_traits if compared else seen.traits,
        rejected_traits=compared.rejected_traits if compared else (),
        key_differences=compared.key_differences if compared else (),
        defects=seen.defects,
    )


def _words_of(seen: VisionContext | None) -> str:
    return "" if seen is None else " ".join((seen.description, *seen.selected_traits)).strip()


def _tell(told: Told | None, stage: Stage) -> None:
    if told is not None:
        told.stage(stage)
