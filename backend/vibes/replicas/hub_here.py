"""Starts and ends the hub of this process, as often as it leads, and says what it may do meanwhile."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from vibes.api.http.authentication import Authentication
from vibes.app.base import Tenure
from vibes.app.hub import running_hub
from vibes.app.web import create_app, lifespan_state
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.replicas.leadership import Leadership
from vibes.replicas.led_node import led
from vibes.replicas.led_store import LedMediaStore
from vibes.replicas.own_replica import OwnReplica
from vibes.replicas.relay.port import Relay
from vibes.replicas.relay.teller import Teller
from vibes.services.runtime.loop import running_loops
from vibes.storage.repositories.leases import fence


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What outlives each time of leading."""

    settings: Settings
    clock: Clock
    authentication: Authentication
    leadership: Leadership
    own: OwnReplica
    relay: Relay | None
    """What carries live events to other replicas; None: they ask this one."""


class HubHere:
    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._stop_claiming: Callable[[], None] = _nothing

    def stop_claiming(self) -> None:
        """The process is about to end: start nothing new."""
        self._stop_claiming()

    @asynccontextmanager
    async def open(self, epoch: int) -> AsyncIterator[ASGIApp]:
        """The hub of that epoch: what an earlier one has left is taken up before it answers."""
        around = self._around
        async with running_hub(around.settings, clock=around.clock, tenure=self._tenure(epoch)) as hub:
            self._stop_claiming = hub.stop_claiming
            app, state = create_app(around.settings, hub), lifespan_state(around.settings, hub)

            async def answer(scope: Scope, receive: Receive, send: Send) -> None:
                await app({**scope, "state": {**state}}, receive, send)

            try:
                async with running_loops() as loops:
                    if around.relay is not None:
                        loops.start("telling other replicas", Teller(around.relay, hub.live, epoch).run)
                    yield answer
            finally:
                self._stop_claiming = _nothing

    def _tenure(self, epoch: int) -> Tenure:
        around = self._around
        leadership = around.leadership

        def mandate() -> bool:
            return leadership.holds(epoch)

        return Tenure(
            guard=fence(around.own.id, epoch, lambda: leadership.refused(epoch)),
            nodes=lambda factory: led(factory, mandate),
            files=lambda store: LedMediaStore(store, mandate),
            authentication=around.authentication,
            replicas=around.own,
        )


def _nothing() -> None:
    """No hub is here."""
