"""Language models: what is configured, and whether it works."""

from collections.abc import Sequence

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.llm import Llm, LlmChecks
from vibes.domain.chat.config import Stage

_PATH = "/api/llm"
_CHECK_SECONDS = 600.0
"""Three stages take up to two minutes each, and may wait for a card before."""


class AsyncLanguageModels:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self) -> Llm:
        """What llm.yaml names, and how the last requests went."""
        return await self._transport.value(Llm, get(_PATH))

    async def check(self, stages: Sequence[Stage] = ()) -> LlmChecks:
        """Ask each of the stages' models a short question, default all; loading them may take minutes."""
        body = {"stages": [str(stage) for stage in stages or Stage]}
        call = Call(method="POST", path=f"{_PATH}/check", body=body, repeatable=True, seconds=_CHECK_SECONDS)
        return await self._transport.value(LlmChecks, call)


class LanguageModels:
    """`AsyncLanguageModels` for callers without an event loop."""

    def __init__(self, models: AsyncLanguageModels, loop: BackgroundLoop) -> None:
        self._models = models
        self._loop = loop

    def get(self) -> Llm:
        return self._loop.run(self._models.get())

    def check(self, stages: Sequence[Stage] = ()) -> LlmChecks:
        return self._loop.run(self._models.check(stages))
