"""Which language model does what: stages, servers, and a whole ``llm.yaml`` as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vibes.domain.ids import NodeId


class Stage(StrEnum):
    """What a model is asked for."""

    INTERPRETER = "interpreter"
    """Feedback in words → what to keep, remove, add and change."""
    ENGINEER = "engineer"
    """What to change → a prompt in whole sentences."""
    VISION = "vision"
    """Pictures → what is to be seen on them."""


DEFAULT_MODELS: Mapping[Stage, str] = {
    Stage.INTERPRETER: "hermes3:8b",
    Stage.ENGINEER: "phi4:14b",
    Stage.VISION: "minicpm-v",
}
"""Where a stage names no model. Files of about 5, 9 and 6 GB."""


class Dialect(StrEnum):
    OLLAMA = "ollama"
    """Ollama's own: knows context, memory and which models see pictures."""
    OPENAI = "openai"
    """``/v1/chat/completions``: llama.cpp, LM Studio, vLLM, OpenAI and most others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    name: str
    kind: Dialect
    url: str
    """Without a slash at its end; of an OpenAI-compatible one with its ``/v1``."""
    api_key_env: str | None = None
    """Name of the variable that holds its key."""
    shares_gpu_with: NodeId | None = None
    """It runs on the card of this node: one of the two at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageConfig:
    server: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatConfig:
    """A whole ``llm.yaml``."""

    servers: Mapping[str, ServerConfig] = field(default_factory=dict)
    stages: Mapping[Stage, StageConfig] = field(default_factory=dict)


NO_CHAT = ChatConfig()
