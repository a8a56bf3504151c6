"""The chat port: a language model that answers messages, one model a stage, and why there is no answer."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

from vibes.domain.chat.config import Stage


class Finish(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    """It is whole."""
    LENGTH = "length"
    """It reached `ChatLimits.tokens` and is cut off."""


class ChatFault(StrEnum):
    NO_SERVER = "no_server"
    """Nothing answers at its address, or something else does."""
    NO_MODEL = "no_model"
    """The server does not have it; the advice says how it gets it."""
    NO_VISION = "no_vision"
    """Pictures were given to a model that sees none."""
    WRONG_KEY = "wrong_key"
    BUSY = "busy"
    """The server has too much to do, or others were served until the time was up, or its card drew meanwhile."""
    TOO_SLOW = "too_slow"
    """`ChatLimits.seconds` went by."""
    TOO_LONG = "too_long"
    """The messages do not fit into `ChatLimits.context`."""
    REFUSED = "refused"
    """The model does not want to answer this."""
    CUT = "cut"
    """The answer broke off without an end."""
    BROKEN = "broken"
    """The server failed, or its answer makes no sense."""


class ChatUnavailable(Exception):
    """There is no answer. ``advice``: one sentence for people, what is wrong and what helps."""

    def __init__(self, code: ChatFault, advice: str) -> None:
        super().__init__(advice)
        self.code = code
        self.advice = advice


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLimits:
    seconds: float = 120.0
    """From the call to the whole answer: waiting for others and loading the model included."""
    tokens: int = 700
    """Most of the answer."""
    temperature: float = 0.0
    context: int = 8192
    """Tokens of messages and answer together; a server that cannot be told uses its own."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    messages: Sequence[ChatMessage]
    schema: Mapping[str, Any] | None = None
    """JSON Schema of an object, which the answer should fit; no server guarantees that it does. None: any text."""
    images: Sequence[bytes] = ()
    """PNG, JPEG or WebP, shown with the last message of the user."""
    limits: ChatLimits = ChatLimits()
    hear: Callable[[str], None] | None = None
    """Is told each piece of the answer's text as it comes; an empty piece means that it begins anew, after a second
    try. Must not block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswer:
    text: str
    """Without what the model thought aloud before."""
    model: str
    digest: str
    """Which version of the model: a name may mean another one tomorrow. Empty where the server does not say."""
    tokens: int
    """Of the answer; counted by its pieces where the server does not say."""
    finish: Finish


class ChatModel(Protocol):
    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Ask once, and wait for the whole answer. Raises ChatUnavailable; a caller that is cancelled ends the work on
        the server too."""


class ChatStages(Protocol):
    """The configured models. Every call is about the configuration of that moment."""

    def model(self, stage: Stage) -> ChatModel | None:
        """None: none is configured for this stage, and the rules do its work."""

    def together(self) -> AbstractAsyncContextManager[None]:
        """Calls inside belong together: a card that a server shares with a node is held from the first of them until
        the end, and the models leave its memory once."""
