"""How a stage's model is: what was seen of it, in words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibes.domain.chat.config import ServerConfig, Stage, StageConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the last request went."""

    at: datetime
    """When it ended; aware, UTC."""
    seconds: float
    problem: str | None
    """None: it was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStanding:
    """What people see of one stage."""

    stage: Stage
    config: StageConfig | None
    """None: it works by rules."""
    server: ServerConfig | None
    asked: Asked | None = None
    """None: never, since its entry in llm.yaml changed."""

    @property
    def words(self) -> str:
        if self.config is None:
            return "no model is configured: it works by rules"
        if self.asked is None:
            return "not asked yet"
        return self.asked.problem or f"answered in {self.asked.seconds:.1f} s"


class Honoured(StrEnum):
    """How far an answer is what its JSON Schema asks for."""

    SCHEMA = "schema"
    JSON = "json"
    """It is JSON, and does not fit."""
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCheck:
    """What a check of a stage found. None: it was not found out."""

    standing: StageStanding
    there: bool | None = None
    """Whether the server lists the model. Some list none, and some answer to any name."""
    vision: bool | None = None
    honoured: Honoured | None = None
    form: str = ""
    """How answers are bound to a schema there: by JSON schema, any JSON, or words alone."""
    seconds: float | None = None
    """Of a short answer, loading the model included."""
    digest: str = ""
    problem: str | None = None
    """One sentence, what is wrong and what helps; None where the stage works."""
