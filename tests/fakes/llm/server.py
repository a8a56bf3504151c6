"""The fake language model server: both dialects on one port."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.fakes.llm.brain import Brain, Request
from tests.fakes.llm.ollama import OllamaRoutes
from tests.fakes.llm.openai import OpenAIRoutes
from tests.fakes.local_server import LocalServer

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeLlm(LocalServer):
    def __init__(self, brain: Brain | None = None) -> None:
        self.brain = brain or Brain()
        ollama, openai = OllamaRoutes(self.brain), OpenAIRoutes(self.brain)
        super().__init__(
            [
                web.get("/", self._noted(ollama.root)),
                web.get("/api/version", self._noted(ollama.version)),
                web.get("/api/tags", self._noted(ollama.tags)),
                web.get("/api/ps", self._noted(ollama.ps)),
                web.post("/api/show", self._noted(ollama.show)),
                web.post("/api/pull", self._noted(ollama.pull)),
                web.post("/api/chat", self._noted(ollama.chat)),
                web.get("/v1/models", self._noted(openai.models)),
                web.post("/v1/chat/completions", self._noted(openai.chat)),
            ]
        )

    def _noted(self, handler: _Handler) -> _Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.json() if request.can_read_body else {}
            key = request.headers.get("Authorization", "")
            self.brain.requests.append(Request(request.path, body, key))
            if self.brain.key and key != f"Bearer {self.brain.key}":
                return web.json_response({"error": {"message": f"invalid api key {key[7:]}"}}, status=401)
            return await handler(request)

        return handle
