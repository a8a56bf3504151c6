"""Bodies of ``/api/iterate`` and of a session's intent."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from vibes.api.schemas.common import NonBlank, RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generate import Text
from vibes.api.schemas.generations import ResponseBody
from vibes.domain.chat.config import Stage
from vibes.domain.ids import GenerationId, SessionId
from vibes.domain.pictures.spec import TaskType
from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.feedback import ChosenChanges, FeedbackRequest
from vibes.domain.refinement.intent import MAX_ENTRIES, IntentDocument, Wish
from vibes.domain.refinement.plan import Conflict, IterationPlan, VisionContext
from vibes.domain.refinement.record import Chosen, RefinementRecord, StageAnswer

MAX_FEEDBACK = 4_000
MAX_PICTURES = 1_000
MAX_LIST = 50

Term = Annotated[str, Field(max_length=200)]
Terms = Annotated[list[Term], at_most(MAX_LIST), Field(max_length=MAX_LIST)]
Pictures = Annotated[list[Word], at_most(MAX_PICTURES), Field(max_length=MAX_PICTURES)]


class SwapBody(RequestBody):
    """One thing in the place of another."""

    from_: Term = Field(alias="from")
    to: Term


class ChangesBody(RequestBody):
    """Operations on a prompt; a term is a few words."""

    keep: Terms = Field(default_factory=list)
    remove: Terms = Field(default_factory=list)
    add: Terms = Field(default_factory=list)
    modify: Annotated[list[SwapBody], at_most(MAX_LIST)] = Field(default_factory=list, max_length=MAX_LIST)
    emphasis_up: Terms = Field(default_factory=list)
    emphasis_down: Terms = Field(default_factory=list)

    def to_changes(self) -> Changes:
        swaps = tuple(Swap(each.from_, each.to) for each in self.modify)
        return Changes(
            keep=tuple(self.keep),
            remove=tuple(self.remove),
            add=tuple(self.add),
            modify=swaps,
            emphasis_up=tuple(self.emphasis_up),
            emphasis_down=tuple(self.emphasis_down),
        )


class IterationRequest(RequestBody):
    session_id: NonBlank
    feedback_text: str = Field(max_length=MAX_FEEDBACK, description="What should change, in any words.")
    selected_image_ids: Pictures = Field(
        default_factory=list,
        description="Generations that are liked; a vision model looks at them, where there is one.",
    )
    rejected_image_ids: Pictures = Field(default_factory=list)
    current_prompt: Text
    current_negative: Text = ""
    model_family: Word | None = Field(
        None, description="What the next pictures are drawn with; that of the next stage."
    )
    remember: bool = Field(True, description="Keep it in the session's intent; false while somebody still types.")

    def to_request(self) -> FeedbackRequest:
        return FeedbackRequest(
            session_id=SessionId(self.session_id),
            feedback=self.feedback_text,
            selected=tuple(GenerationId(each) for each in self.selected_image_ids),
            rejected=tuple(GenerationId(each) for each in self.rejected_image_ids),
            prompt=self.current_prompt,
            negative_prompt=self.current_negative,
            family=self.model_family or None,
            remember=self.remember,
        )


class ApplyChangesRequest(RequestBody):
    session_id: NonBlank
    iteration_id: Word | None = Field(
        None, description="Of the plan whose chips were switched; its wish in the intent then becomes these changes."
    )
    current_prompt: Text = Field(description="The prompt before the refinement.")
    current_negative: Text = ""
    model_family: Word | None = None
    changes: ChangesBody

    def to_chosen(self) -> ChosenChanges:
        return ChosenChanges(
            session_id=SessionId(self.session_id),
            iteration_id=self.iteration_id,
            prompt=self.current_prompt,
            negative_prompt=self.current_negative,
            family=self.model_family or None,
            changes=self.changes.to_changes(),
        )


class SwapOut(ResponseBody):
    model_config = ConfigDict(serialize_by_alias=True)

    from_: str = Field(alias="from")
    to: str


class ChangesOut(ResponseBody):
    keep: list[str]
    remove: list[str]
    add: list[str]
    modify: list[SwapOut]
    emphasis_up: list[str]
    emphasis_down: list[str]

    @classmethod
    def of(cls, changes: Changes) -> "ChangesOut":
        return cls(
            keep=list(changes.keep),
            remove=list(changes.remove),
            add=list(changes.add),
            modify=[SwapOut(**{"from": each.old, "to": each.new}) for each in changes.modify],
            emphasis_up=list(changes.emphasis_up),
            emphasis_down=list(changes.emphasis_down),
        )


class ConflictOut(ResponseBody):
    term: str
    message: str = Field(description="What was done about it.")
    earlier_feedback: str | None = Field(
        description="The earlier wish that it contradicts; null: this feedback itself."
    )

    @classmethod
    def of(cls, conflict: Conflict) -> "ConflictOut":
        return cls(term=conflict.term, message=conflict.sentence, earlier_feedback=conflict.earlier_feedback)


class VisionContextOut(ResponseBody):
    """What a vision model saw in the chosen pictures."""

    description: str
    selected_traits: list[str]
    rejected_traits: list[str]
    key_differences: list[str]
    defects: list[str]

    @classmethod
    def of(cls, seen: VisionContext) -> "VisionContextOut":
        return cls(
            description=seen.description,
            selected_traits=list(seen.selected_traits),
            rejected_traits=list(seen.rejected_traits),
            key_differences=list(seen.key_differences),
            defects=list(seen.defects),
        )


class IterationPlanOut(ResponseBody):
    """What the next pictures could be drawn with; nothing is drawn by it."""

    iteration_id: str
    suggested_prompt: str
    suggested_negative: str
    task_type: TaskType
    model_family: str
    count: int = Field(description="Pictures of the next stage.")
    rationale: str
    changes: ChangesOut = Field(description="What was carried out; each can be switched off by `apply-changes`.")
    understood: ChangesOut = Field(description="What was understood, before it was held against the prompt.")
    conflicts: list[ConflictOut]
    degraded: str | None = Field(description="`by rules: …` and why, where no model answered; null where one did.")
    vision_context: VisionContextOut | None
    notes: list[str] = Field(description="What could not be done as it was said.")
    question: str = Field(description="What to ask back where nothing was understood; empty otherwise.")
    intent_version: int

    @classmethod
    def of(cls, plan: IterationPlan) -> "IterationPlanOut":
        refined = plan.refined
        return cls(
            iteration_id=plan.iteration_id,
            suggested_prompt=refined.prompt,
            suggested_negative=refined.negative_prompt,
            task_type=plan.task_type,
            model_family=plan.model_family,
            count=plan.count,
            rationale=refined.rationale,
            changes=ChangesOut.of(refined.changes),
            understood=ChangesOut.of(plan.understood),
            conflicts=[ConflictOut.of(each) for each in refined.conflicts],
            degraded=plan.degraded,
            vision_context=None if plan.vision_context is None else VisionContextOut.of(plan.vision_context),
            notes=list(refined.notes),
            question=refined.changes.question or plan.understood.question,
            intent_version=plan.intent_version,
        )


class WishBody(RequestBody):
    id: NonBlank
    at: Timestamp
    feedback: str = Field(max_length=MAX_FEEDBACK)
    changes: ChangesBody
    refined_prompt: Text = ""

    def to_wish(self) -> Wish:
        return Wish(
            id=self.id,
            at=self.at,
            feedback=self.feedback,
            changes=self.changes.to_changes().cleaned(),
            refined_prompt=self.refined_prompt,
        )


class IntentBody(RequestBody):
    wishes: Annotated[list[WishBody], at_most(MAX_ENTRIES)] = Field(
        max_length=MAX_ENTRIES, description="All of them, oldest first: leave out what shall not count any more."
    )


class WishOut(ResponseBody):
    id: str = Field(description="Of the refinement that it comes from.")
    at: Timestamp
    feedback: str
    changes: ChangesOut
    refined_prompt: str

    @classmethod
    def of(cls, wish: Wish) -> "WishOut":
        return cls(
            id=wish.id,
            at=wish.at,
            feedback=wish.feedback,
            changes=ChangesOut.of(wish.changes),
            refined_prompt=wish.refined_prompt,
        )


class IntentOut(ResponseBody):
    """What was kept, removed and asked for, in the order in which it was said; of each thing the latest wish holds."""

    session_id: str
    version: int
    wishes: list[WishOut]
    kept: list[str]
    removed: list[str]
    asked_for: list[str]

    @classmethod
    def of(cls, intent: IntentDocument) -> "IntentOut":
        standing = intent.standing()
        return cls(
            session_id=intent.session_id,
            version=intent.version,
            wishes=[WishOut.of(each) for each in intent.wishes],
            kept=list(standing.kept),
            removed=list(standing.removed),
            asked_for=list(standing.asked_for),
        )


class StageAnswerOut(ResponseBody):
    """What a model said, word for word."""

    stage: Stage
    model: str
    digest: str
    options: dict[str, Any]
    prompt_version: str
    text: str
    problem: str | None = Field(description="Why it was not used as it is.")

    @classmethod
    def of(cls, answer: StageAnswer) -> "StageAnswerOut":
        return cls(
            stage=answer.stage,
            model=answer.model,
            digest=answer.digest,
            options=dict(answer.options),
            prompt_version=answer.prompt_version,
            text=answer.text,
            problem=answer.problem,
        )


class ChosenOut(ResponseBody):
    """What the prompt became with those changes that were left switched on."""

    changes: ChangesOut
    suggested_prompt: str
    suggested_negative: str

    @classmethod
    def of(cls, chosen: Chosen) -> "ChosenOut":
        return cls(
            changes=ChangesOut.of(chosen.changes),
            suggested_prompt=chosen.prompt,
            suggested_negative=chosen.negative_prompt,
        )


class RefinementOut(ResponseBody):
    """A refinement as it is kept with its session."""

    id: str
    session_id: str
    at: Timestamp
    feedback: str
    current_prompt: str
    plan: IterationPlanOut
    answers: list[StageAnswerOut]
    chosen: list[ChosenOut] = Field(description="By `apply-changes`, latest last; empty where all stayed on.")

    @classmethod
    def of(cls, record: RefinementRecord) -> "RefinementOut":
        return cls(
            id=record.id,
            session_id=record.session_id,
            at=record.at,
            feedback=record.feedback,
            current_prompt=record.current_prompt,
            plan=IterationPlanOut.of(record.plan),
            answers=[StageAnswerOut.of(each) for each in record.answers],
            chosen=[ChosenOut.of(each) for each in record.chosen],
        )


class RefinementList(ResponseBody):
    refinements: list[RefinementOut]
