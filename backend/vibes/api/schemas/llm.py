"""Language models in answers. Keys are in none."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel

from vibes.domain.chat.config import Dialect, Stage, StageStanding


class LlmStage(BaseModel):
    stage: Stage
    server: str | None
    """Its name in llm.yaml; null where the stage works by rules."""
    kind: Dialect | None
    url: str | None
    model: str | None
    words: str
    """How it is, for people."""

    @classmethod
    def of(cls, standing: StageStanding) -> "LlmStage":
        server, config = standing.server, standing.config
        return cls(
            stage=standing.stage,
            server=server.name if server else None,
            kind=server.kind if server else None,
            url=server.url if server else None,
            model=config.model if config else None,
            words=standing.words,
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
