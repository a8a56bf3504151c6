"""The line before one language model server: one request at a time, and the card that it shares held meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vibes.domain.chat.config import ServerConfig
from vibes.ports.chat import ChatAnswer, ChatFault, ChatRequest, ChatUnavailable
from vibes.ports.chat_servers import CardHolds, CardWithOwner, ChatServer, ConnectServer, HeldCard, ModelFinding

logger = logging.getLogger(__name__)

CARD_SECONDS = 30.0
"""Longest wait for the picture that a shared card draws."""
UNLOAD_SECONDS = 15.0
"""Longest wait for the models to leave the card before it is given back all the same."""


class ServerLine:
    """Of one server. `visit` is a time in which requests belong together."""

    def __init__(self, config: ServerConfig, connect: ConnectServer, cards: CardHolds) -> None:
        self.config = config
        self._connect = connect
        self._cards = cards
        self._turn = asyncio.Lock()
        self._server: ChatServer | None = None
        self._card: HeldCard | None = None
        """While it holds the card."""
        self._loaded: set[str] = set()
        """Models that were asked since then."""
        self._visits = 0
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def form(self) -> str:
        """How answers are bound to a schema, in a few words; empty before anything was asked."""
        return "" if self._server is None else self._server.form

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[None]:
        """The card is held from the first request inside until the last visit ends."""
        self._visits += 1
        try:
            yield
        finally:
            self._visits -= 1
            self._end_of_visits()

    async def complete(self, model: str, request: ChatRequest) -> ChatAnswer:
        """Waiting counts as part of `ChatLimits.seconds`. Raises ChatUnavailable."""
        asked = False
        try:
            async with asyncio.timeout(request.limits.seconds), self.visit(), self._turn:
                server = self._connected()
                await self._have_card()
                asked = True
                self._loaded.add(model)
                return await server.complete(model, request)
        except TimeoutError:
            code = ChatFault.TOO_SLOW if asked else ChatFault.BUSY
            what = "did not finish" if asked else "was busy with others"
            advice = f"{self.config.name} {what} within {request.limits.seconds:.3g} s; try again"
            raise ChatUnavailable(code, advice) from None

    async def look(self, model: str) -> ModelFinding:
        """Loads nothing, so it needs no turn."""
        return await self._connected().look(model)

    async def close(self) -> None:
        """Ends when the card is given back. Whoever waits meanwhile is served or told."""
        if self._ending:
            await asyncio.gather(*self._ending, return_exceptions=True)
        if self._server is not None:
            await self._server.close()

    def _connected(self) -> ChatServer:
        if self._server is None:
            self._server = self._connect(self.config)
        return self._server

    async def _have_card(self) -> None:
        node_id = self.config.shares_gpu_with
        if node_id is None or self._card is not None:
            return
        try:
            async with asyncio.timeout(CARD_SECONDS):
                self._card = await self._cards.hold(node_id, f"lent to the language models of {self.config.name}")
        except TimeoutError:
            advice = f"{node_id}, whose card {self.config.name} shares, has drawn for {CARD_SECONDS:.0f} s; try again"
            raise ChatUnavailable(ChatFault.BUSY, advice) from None
        except CardWithOwner as error:
            advice = f"{node_id}, whose card {self.config.name} shares, is with its owner: {error}"
            raise ChatUnavailable(ChatFault.BUSY, advice) from None

    def _end_of_visits(self) -> None:
        if self._visits == 0 and self._card is not None:
            task = asyncio.create_task(self._hand_back(), name=f"unload the models of {self.config.name}")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _hand_back(self) -> None:
        """Takes a turn, so that a request that comes meanwhile asks for the card anew; one that is ahead keeps it."""
        async with self._turn:
            if self._visits and self._card is not None:
                return
            card, self._card = self._card, None
            loaded, self._loaded = self._loaded, set()
            try:
                for model in loaded:
                    await self._unload(model)
            finally:
                if card is not None:
                    card.give_back()

    async def _unload(self, model: str) -> None:
        try:
            await self._connected().unload(model, UNLOAD_SECONDS)
        except ChatUnavailable as error:
            logger.warning("%s may still be in the memory of the card: %s", model, error.advice)
