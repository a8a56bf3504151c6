"""Models that say what a test lets them say."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from vibes.domain.chat.config import Stage
from vibes.ports.chat import ChatAnswer, ChatFault, ChatModel, ChatRequest, ChatUnavailable, Finish

Saying = str | ChatAnswer | ChatUnavailable | Callable[[ChatRequest], str]

NOTHING: dict[str, Any] = {
    "keep": [],
    "remove": [],
    "add": [],
    "modify": [],
    "emphasis_up": [],
    "emphasis_down": [],
    "question": "",
}


def operations(**lists: Any) -> str:
    """The answer of an interpreter."""
    return json.dumps({**NOTHING, **lists})


def answer(text: str, finish: Finish = Finish.STOP) -> ChatAnswer:
    return ChatAnswer(text=text, model="scripted", digest="sha256:1", tokens=len(text.split()), finish=finish)


@dataclass(slots=True)
class ScriptedModel:
    """Says one thing after the other, and the last one for ever."""

    sayings: Sequence[Saying]
    asked: list[ChatRequest] = field(default_factory=list)

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        saying = self.sayings[min(len(self.asked), len(self.sayings) - 1)]
        self.asked.append(request)
        if isinstance(saying, ChatUnavailable):
            raise saying
        said = (
            saying if isinstance(saying, ChatAnswer) else answer(saying if isinstance(saying, str) else saying(request))
        )
        if request.hear is not None:
            for at in range(0, len(said.text), 7):
                request.hear(said.text[at : at + 7])
        return said


@dataclass(slots=True)
class ScriptedStages:
    """Implements ``ChatStages``."""

    models: Mapping[Stage, ScriptedModel] = field(default_factory=dict)
    held: int = 0

    def model(self, stage: Stage) -> ChatModel | None:
        return self.models.get(stage)

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        self.held += 1
        yield


def out_of_order(code: ChatFault = ChatFault.NO_SERVER) -> ChatUnavailable:
    return ChatUnavailable(code, f"the server has a problem: {code}")


def stages(**sayings: Saying | Sequence[Saying]) -> ScriptedStages:
    """``interpreter``, ``engineer``, ``vision``: what each says."""
    models = {
        Stage(name): ScriptedModel(said if isinstance(said, list | tuple) else [said])  # type: ignore[list-item]  # one
        for name, said in sayings.items()
    }
    return ScriptedStages(models)
