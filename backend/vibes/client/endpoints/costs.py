"""Costs: what was spent, and attempts that may have been paid for in vain."""

from datetime import date
from typing import Literal
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.costs import Costs, MaybePaid, MaybePaidAnswer, MaybePaidPage

_PATH = "/api/costs"
_MAYBE_PAID = f"{_PATH}/maybe-paid"

Action = Literal["find_out", "give_up", "pay_again"]


class AsyncCostControl:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def get(self, *, from_day: date | None = None, to_day: date | None = None) -> Costs:
        """Of these days of UTC, both included; default: the present month."""
        days = {"from_day": from_day, "to_day": to_day}
        return await self._transport.value(
            Costs, get(_PATH, **{name: day.isoformat() for name, day in days.items() if day is not None})
        )

    async def maybe_paid(self) -> tuple[MaybePaid, ...]:
        """Attempts of which nobody can tell whether they were carried out and charged, oldest first."""
        return (await self._transport.value(MaybePaidPage, get(_MAYBE_PAID))).attempts

    async def find_out(self, attempt_id: str) -> MaybePaidAnswer:
        """Have its node asked again; its picture is taken if it is there."""
        return await self._settle(attempt_id, "find_out")

    async def give_up(self, attempt_id: str) -> MaybePaidAnswer:
        """Write it off: it counts as paid for."""
        return await self._settle(attempt_id, "give_up")

    async def pay_again(self, attempt_id: str) -> MaybePaidAnswer:
        """Write it off, and have its picture made once more."""
        return await self._settle(attempt_id, "pay_again")

    async def _settle(self, attempt_id: str, action: Action) -> MaybePaidAnswer:
        path = f"{_MAYBE_PAID}/{quote(attempt_id, safe='')}"
        call = Call(method="POST", path=path, body={"action": action}, repeatable=False)
        return await self._transport.value(MaybePaidAnswer, call)


class CostControl:
    """`AsyncCostControl` for callers without an event loop."""

    def __init__(self, costs: AsyncCostControl, loop: BackgroundLoop) -> None:
        self._costs = costs
        self._loop = loop

    def get(self, *, from_day: date | None = None, to_day: date | None = None) -> Costs:
        return self._loop.run(self._costs.get(from_day=from_day, to_day=to_day))

    def maybe_paid(self) -> tuple[MaybePaid, ...]:
        return self._loop.run(self._costs.maybe_paid())

    def find_out(self, attempt_id: str) -> MaybePaidAnswer:
        return self._loop.run(self._costs.find_out(attempt_id))

    def give_up(self, attempt_id: str) -> MaybePaidAnswer:
        return self._loop.run(self._costs.give_up(attempt_id))

    def pay_again(self, attempt_id: str) -> MaybePaidAnswer:
        return self._loop.run(self._costs.pay_again(attempt_id))
