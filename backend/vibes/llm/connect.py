"""The driver of a server, by the dialect that llm.yaml says it speaks."""

from collections.abc import Callable

from vibes.domain.chat.config import Dialect, ServerConfig
from vibes.llm.ollama import OllamaServer
from vibes.llm.openai_compatible import OpenAICompatibleServer
from vibes.ports.chat import ChatFault, ChatUnavailable
from vibes.ports.chat_servers import ChatServer


def connect_server(config: ServerConfig, key_in: Callable[[str], str | None]) -> ChatServer:
    """``key_in``: what a variable holds, None where it is not set. Raises ChatUnavailable where a key is missing."""
    key = "" if config.api_key_env is None else key_in(config.api_key_env)
    if not key and config.api_key_env is not None:
        advice = (
            f"{config.api_key_env}, which holds the key of {config.name}, is not set: set it in the hub's environment"
        )
        raise ChatUnavailable(ChatFault.WRONG_KEY, f"{advice} or in the .env file beside llm.yaml")
    driver = OllamaServer if config.kind is Dialect.OLLAMA else OpenAICompatibleServer
    return driver(config, key or "")
