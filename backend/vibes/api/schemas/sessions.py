"""Bodies of ``/api/sessions``."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from vibes.api.schemas.common import RequestBody, Timestamp
from vibes.api.schemas.generations import GenerationOut, ResponseBody
from vibes.domain.session import STAGES, FlowType, Session, SessionSummary

MAX_CONFIG_BYTES = 512 * 1024
"""Room for a prompt and a negative prompt of 128 KiB each beside what else a flow keeps."""

MAX_CONFIG_DEPTH = 20


def _storable(config: dict[str, Any]) -> dict[str, Any]:
    """Anything that can be written down and read again as it was."""
    if _depth(config) > MAX_CONFIG_DEPTH:
        raise ValueError(f"must not be nested deeper than {MAX_CONFIG_DEPTH} levels")
    try:
        size = len(json.dumps(config, allow_nan=False, ensure_ascii=False).encode("utf-8"))
    except (ValueError, UnicodeEncodeError) as error:
        raise ValueError("must hold Unicode text and finite numbers only") from error
    if size > MAX_CONFIG_BYTES:
        raise ValueError(f"must not be larger than {MAX_CONFIG_BYTES:,} bytes")
    return config


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


JsonObject = Annotated[dict[str, Any], AfterValidator(_storable)]
"""Whatever the flow wants to keep; the hub stores it as it is."""


class SessionCreate(RequestBody):
    flow_type: FlowType = FlowType.DRAFT_GRID
    config: JsonObject = Field(default_factory=dict)


class SessionChange(RequestBody):
    current_stage: int | None = Field(None, description="Going back takes back what leaving a stage discarded.")
    config: JsonObject | None = None


class SessionAdvance(RequestBody):
    selected: list[str] = Field(description="Generations to go on with.")
    rejected: list[str] = Field(default_factory=list)


class SessionOut(ResponseBody):
    id: str
    flow_type: FlowType
    current_stage: int = Field(description=f"Index into {', '.join(STAGES)}.")
    config: JsonObject
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, session: Session) -> "SessionOut":
        return cls(
            id=session.id,
            flow_type=session.flow_type,
            current_stage=session.current_stage,
            config=dict(session.config),
            created_at=session.created_at,
            updated_at=session.updated_at,
        )


class SessionSummaryOut(SessionOut):
    generation_count: int
    completed_count: int

    @classmethod
    def of_summary(cls, summary: SessionSummary) -> "SessionSummaryOut":
        return cls(
            **SessionOut.of(summary.session).model_dump(),
            generation_count=summary.generations,
            completed_count=summary.completed,
        )


class SessionDetailOut(SessionOut):
    generations: list[GenerationOut]


class SessionList(ResponseBody):
    sessions: list[SessionSummaryOut]
    limit: int
    offset: int
