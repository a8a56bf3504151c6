"""Language models, as the hub reports them."""

from dataclasses import dataclass
from datetime import datetime

from vibes.domain.chat.config import Dialect, Stage
from vibes.domain.chat.standing import Honoured


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmStage:
    stage: Stage
    server: str | None
    kind: Dialect | None
    url: str | None
    model: str | None
    shares_gpu_with: str | None
    words: str
    works: bool | None
    asked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Llm:
    file: str
    configured: bool
    stages: tuple[LlmStage, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmCheck:
    stage: Stage
    server: str | None
    kind: Dialect | None
    url: str | None
    model: str | None
    works: bool
    there: bool | None
    vision: bool | None
    honoured: Honoured | None
    form: str
    seconds: float | None
    digest: str
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmChecks:
    checks: tuple[LlmCheck, ...]
    problems: tuple[str, ...]
