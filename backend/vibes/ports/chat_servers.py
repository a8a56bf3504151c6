"""What the services need of a language model server: a driver that asks it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vibes.domain.chat.config import ServerConfig
from vibes.domain.ids import NodeId
from vibes.ports.chat import ChatAnswer, ChatRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFinding:
    """What a server says of one model."""

    there: bool | None
    """None: it lists no models."""
    vision: bool | None
    """Whether it sees pictures; None where the server does not tell."""
    advice: str = ""
    """How a missing one is had."""


class ChatServer(Protocol):
    """One server. Requests may come at any time; each is sent when it comes. Raises ChatUnavailable."""

    async def complete(self, model: str, request: ChatRequest) -> ChatAnswer: ...

    async def look(self, model: str) -> ModelFinding:
        """Ask what it has, without loading anything."""

    async def unload(self, model: str, seconds: float) -> None:
        """Have it leave the memory, and wait until it has, at most so long. Does nothing where that cannot be asked."""

    @property
    def form(self) -> str:
        """How answers are bound to a schema at present, in a few words."""

    async def close(self) -> None: ...


class HeldCard(Protocol):
    def give_back(self) -> None:
        """Its node gets work again."""


class CardWithOwner(Exception):
    """The owner of the machine has it at present; the message is the reason."""


class CardHolds(Protocol):
    """The cards of nodes, which a server may share."""

    async def hold(self, node_id: NodeId, why: str) -> HeldCard:
        """Give the node nothing new, wait until it draws nothing, and have it free its memory. ``why``: what people are
        told meanwhile. A node that is not there is held at once. Raises CardWithOwner, also where its owner's time
        begins while it is waited for."""


ConnectServer = Callable[[ServerConfig], ChatServer]
"""Makes the driver of a server; does no I/O by itself. May raise ChatUnavailable (a key that is not there)."""
