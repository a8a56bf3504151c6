"""Drivers of both dialects against one fake, and what they are asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.fakes.llm import Brain, FakeLlm
from vibes.domain.chat.config import Dialect, ServerConfig
from vibes.domain.ids import NodeId
from vibes.llm.connect import connect_server
from vibes.ports.chat import ChatLimits, ChatMessage, ChatRequest
from vibes.ports.chat_servers import ChatServer

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "keep": {"type": "array", "items": {"type": "string", "maxLength": 200}},
        "modify": {"type": "array", "items": {"$ref": "#/$defs/Change"}},
        "question": {"type": "string"},
    },
    "required": ["keep"],
    "$defs": {"Change": {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}}}},
}
FITS = '{"keep": [], "modify": [], "question": ""}'
MODELS = {Dialect.OLLAMA: "hermes3:8b", Dialect.OPENAI: "phi4:14b"}


def config_of(fake: FakeLlm, dialect: Dialect, **more: Any) -> ServerConfig:
    url = fake.url if dialect is Dialect.OLLAMA else f"{fake.url}/v1"
    return ServerConfig(name="home", kind=dialect, url=url, **more)


@asynccontextmanager
async def server_of(
    dialect: Dialect, brain: Brain | None = None, *, key: str | None = None, shares: str | None = None
) -> AsyncIterator[tuple[ChatServer, Brain]]:
    async with FakeLlm(brain) as fake:
        config = config_of(
            fake,
            dialect,
            api_key_env=None if key is None else "HOME_KEY",
            shares_gpu_with=None if shares is None else NodeId(shares),
        )
        server = connect_server(config, lambda _: key)
        try:
            yield server, fake.brain
        finally:
            fake.brain.go_on.set()
            await server.close()


def request(
    text: str = "no hat",
    *,
    schema: dict[str, Any] | None = SCHEMA,
    images: tuple[bytes, ...] = (),
    limits: ChatLimits | None = None,
    hear: Any = None,
) -> ChatRequest:
    messages = (ChatMessage("system", "You answer."), ChatMessage("user", text))
    return ChatRequest(messages=messages, schema=schema, images=images, limits=limits or ChatLimits(), hear=hear)
