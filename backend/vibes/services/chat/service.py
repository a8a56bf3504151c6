"""The language models as the hub knows them: one for each stage that has one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from vibes.domain.chat.config import NO_CHAT, ChatConfig, Stage, StageConfig
from vibes.domain.chat.standing import Asked, StageStanding
from vibes.domain.errors import DocumentProblem
from vibes.ports.chat import ChatAnswer, ChatModel, ChatRequest, ChatUnavailable
from vibes.ports.chat_servers import CardHolds, ConnectServer
from vibes.ports.clock import Clock
from vibes.services.chat.config_follower import ChatConfigFile
from vibes.services.chat.line import ServerLine


class ChatService:
    """Works with whatever ``llm.yaml`` says at each moment. The port `vibes.ports.chat.ChatStages`."""

    def __init__(self, path: Path, connect: ConnectServer, cards: CardHolds, clock: Clock) -> None:
        self.file = ChatConfigFile(path, self._apply)
        self._connect = connect
        self._cards = cards
        self._clock = clock
        self._config = NO_CHAT
        self._lines: dict[str, ServerLine] = {}
        """By the names of their servers."""
        self._asked: dict[tuple[Stage, StageConfig], Asked] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def model(self, stage: Stage) -> ChatModel | None:
        config = self._config.stages.get(stage)
        return None if config is None else _StageModel(self, stage, config)

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as visits:
            for line in self._lines.values():
                await visits.enter_async_context(line.visit())
            yield

    def line(self, stage: Stage) -> ServerLine | None:
        """The line before a stage's server."""
        config = self._config.stages.get(stage)
        return None if config is None else self._lines[config.server]

    @property
    def config_problems(self) -> Sequence[DocumentProblem]:
        """Why the newest ``llm.yaml`` is not used; empty when it is."""
        return self.file.problems

    def standings(self) -> list[StageStanding]:
        return [self.standing(stage) for stage in Stage]

    def standing(self, stage: Stage) -> StageStanding:
        config = self._config.stages.get(stage)
        if config is None:
            return StageStanding(stage=stage, config=None, server=None)
        server, asked = self._config.servers[config.server], self._asked.get((stage, config))
        return StageStanding(stage=stage, config=config, server=server, asked=asked)

    async def complete(self, stage: Stage, config: StageConfig, request: ChatRequest) -> ChatAnswer:
        """Ask a stage's model, and note how that went."""
        began = self._clock.monotonic()
        line = self._lines[config.server]
        try:
            answer = await line.complete(config.model, request)
        except ChatUnavailable as error:
            self._note(stage, config, began, error.advice)
            raise
        self._note(stage, config, began, None)
        return answer

    async def close(self) -> None:
        """Give back what is held, and close all connections."""
        await asyncio.gather(*self._closing, *(line.close() for line in self._lines.values()), return_exceptions=True)

    def _note(self, stage: Stage, config: StageConfig, began: float, problem: str | None) -> None:
        seconds = self._clock.monotonic() - began
        self._asked[stage, config] = Asked(at=self._clock.now(), seconds=seconds, problem=problem)

    async def _apply(self, config: ChatConfig) -> None:
        """A server whose entry stays the same keeps its line, and what is under way in it."""
        kept = {name: line for name, line in self._lines.items() if config.servers.get(name) == line.config}
        gone = [line for name, line in self._lines.items() if name not in kept]
        new = {name: ServerLine(each, self._connect, self._cards) for name, each in config.servers.items()}
        self._config, self._lines = config, {**new, **kept}
        self._asked = {each: self._asked[each] for each in config.stages.items() if each in self._asked}
        for line in gone:
            task = asyncio.create_task(line.close(), name=f"close {line.config.name}")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


class _StageModel:
    """The model of a stage, as long as it is configured so."""

    def __init__(self, service: ChatService, stage: Stage, config: StageConfig) -> None:
        self._service = service
        self._stage = stage
        self._config = config

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        return await self._service.complete(self._stage, self._config, request)
