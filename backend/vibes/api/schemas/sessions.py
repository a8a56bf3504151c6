"""Bodies of ``/api/sessions``."""

from typing import Annotated, Any

from pydantic import AfterValidator, FailFast, Field, model_validator

from vibes.api.schemas.common import RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generations import GenerationOut, ResponseBody
from vibes.domain.session import STAGES, FlowType, Session, SessionSummary
from vibes.domain.session_config import check_storable

MAX_CHOSEN = 20_000


def _storable(config: dict[str, Any]) -> dict[str, Any]:
    check_storable(config)
    return config


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
"""Any JSON object that the flow wants to keep; the hub stores it as it is."""


GenerationIds = Annotated[list[Word], FailFast(), at_most(MAX_CHOSEN)]


class SessionCreate(RequestBody):
    flow_type: FlowType = FlowType.DRAFT_GRID
    config: JsonObject = Field(default_factory=dict)


class SessionChange(RequestBody):
    current_stage: int | None = Field(None, description="Going back takes back what leaving a stage discarded.")
    config: JsonObject | None = Field(None, description="Replaces all that the session kept for its flow.")
    changes: JsonObject | None = Field(
        None,
        description="JSON Merge Patch (RFC 7396) of the config: what is not named stays, null removes. Two programs "
        "that change different things do not write over each other's.",
    )
    version: int | None = Field(
        None,
        ge=1,
        description="The version of the config that the change was made from. When it is not the newest any more, "
        "nothing is changed: 409 `config_changed`, with the session as it is now in `current`.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "SessionChange":
        if self.config is not None and self.changes is not None:
            raise ValueError("say either config (all of it) or changes (a part)")
        return self


class SessionAdvance(RequestBody):
    selected: GenerationIds = Field(max_length=MAX_CHOSEN, description="Generations to go on with.")
    rejected: GenerationIds = Field(default_factory=list, max_length=MAX_CHOSEN)


class SessionOut(ResponseBody):
    id: str
    flow_type: FlowType
    current_stage: int = Field(description=f"Index into {', '.join(STAGES)}.")
    config: JsonObject
    version: int = Field(description="Counts the changes of `config`.")
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, session: Session) -> "SessionOut":
        return cls(
            id=session.id,
            flow_type=session.flow_type,
            current_stage=session.current_stage,
            config=dict(session.config),
            version=session.version,
            created_at=session.created_at,
            updated_at=session.updated_at,
        )


class SessionConfigOut(ResponseBody):
    config: JsonObject
    version: int = Field(description="Counts the changes of `config`.")

    @classmethod
    def of(cls, session: Session) -> "SessionConfigOut":
        return cls(config=dict(session.config), version=session.version)


class SessionSummaryOut(SessionOut):
    title: str = Field(description="How the prompt in its config begins; empty where there is none.")
    config: JsonObject = Field(description="Empty unless `config=true` asks for it.")
    generation_count: int
    completed_count: int

    @classmethod
    def of_summary(cls, summary: SessionSummary) -> "SessionSummaryOut":
        return cls(
            **SessionOut.of(summary.session).model_dump(),
            title=summary.title,
            generation_count=summary.generations,
            completed_count=summary.completed,
        )


class SessionDetailOut(SessionOut):
    generations: list[GenerationOut]


class SessionPage(ResponseBody):
    limit: int
    offset: int


class SessionList(SessionPage):
    sessions: list[SessionSummaryOut]
