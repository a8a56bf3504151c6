"""Language models in answers. Keys are in none."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from vibes.domain.chat.config import Dialect, Stage
from vibes.domain.chat.standing import Honoured, StageCheck, StageStanding


class LlmStage(BaseModel):
    stage: Stage
    server: str | None
    """Its name in llm.yaml; null where the stage works by rules."""
    kind: Dialect | None
    url: str | None
    model: str | None
    shares_gpu_with: str | None
    """The node whose card its server runs on."""
    words: str
    """How it is, for people."""
    works: bool | None
    """Whether the last request was answered; null before the first."""
    asked_at: datetime | None
    """When that ended."""

    @classmethod
    def of(cls, standing: StageStanding) -> "LlmStage":
        server, config = standing.server, standing.config
        return cls(
            stage=standing.stage,
            server=server.name if server else None,
            kind=server.kind if server else None,
            url=server.url if server else None,
            model=config.model if config else None,
            shares_gpu_with=server.shares_gpu_with if server else None,
            words=standing.words,
            works=standing.asked.problem is None if standing.asked else None,
            asked_at=standing.asked.at if standing.asked else None,
        )


class LlmOut(BaseModel):
    file: str
    """The llm.yaml that is followed, whether it is there or not."""
    configured: bool
    """Whether any stage has a model."""
    stages: list[LlmStage]
    problems: list[str]
    """Why the newest llm.yaml is not used, each with its line; the last good version is."""

    @classmethod
    def of(cls, file: Path, standings: Sequence[StageStanding], problems: Iterable[object]) -> "LlmOut":
        return cls(
            file=str(file),
            configured=any(each.config for each in standings),
            stages=[LlmStage.of(each) for each in standings],
            problems=[str(each) for each in problems],
        )


class CheckLlm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stages: list[Stage] = Field(default_factory=lambda: [*Stage], min_length=1, max_length=len(Stage))
    """Which to try; default: all."""


class LlmCheck(BaseModel):
    stage: Stage
    server: str | None
    """Null where the stage works by rules, and nothing was tried."""
    kind: Dialect | None
    url: str | None
    model: str | None
    works: bool
    """Whether it answers as it should; stages that work by rules do."""
    there: bool | None
    """Whether the server lists the model; null where it lists none. Some servers answer to names that they do not
    list."""
    vision: bool | None
    """Whether it sees pictures; null where nobody tells."""
    honoured: Honoured | None
    """What an answer to a JSON Schema was: as the schema asks (schema), other JSON (json), or none (no)."""
    form: str
    """How answers are bound to a schema on this server: JSON schema, any JSON, or words alone."""
    seconds: float | None
    """Of a short answer, loading the model and waiting for others included."""
    digest: str
    problem: str | None
    """What is wrong and what helps; null where it works."""

    @classmethod
    def of(cls, check: StageCheck) -> "LlmCheck":
        standing, server = check.standing, check.standing.server
        return cls(
            stage=standing.stage,
            server=server.name if server else None,
            kind=server.kind if server else None,
            url=server.url if server else None,
            model=standing.config.model if standing.config else None,
            works=check.problem is None,
            there=check.there,
            vision=check.vision,
            honoured=check.honoured,
            form=check.form,
            seconds=check.seconds,
            digest=check.digest,
            problem=check.problem,
        )


class LlmChecks(BaseModel):
    checks: list[LlmCheck]
    problems: list[str]
    """Why the newest llm.yaml is not used; the last good version was checked."""
