"""The language models as the hub knows them: one for each stage that has one."""

from collections.abc import Sequence
from pathlib import Path

from vibes.domain.chat.config import NO_CHAT, ChatConfig, Stage, StageStanding
from vibes.domain.errors import DocumentProblem
from vibes.services.chat.config_follower import ChatConfigFile


class ChatService:
    """Works with whatever ``llm.yaml`` says at each moment."""

    def __init__(self, path: Path) -> None:
        self.file = ChatConfigFile(path, self._apply)
        self._config = NO_CHAT

    async def _apply(self, config: ChatConfig) -> None:
        self._config = config

    @property
    def config_problems(self) -> Sequence[DocumentProblem]:
        """Why the newest ``llm.yaml`` is not used; empty when it is."""
        return self.file.problems

    def standings(self) -> list[StageStanding]:
        return [self._standing(stage) for stage in Stage]

    def _standing(self, stage: Stage) -> StageStanding:
        config = self._config.stages.get(stage)
        server = None if config is None else self._config.servers[config.server]
        return StageStanding(stage=stage, config=config, server=server)
