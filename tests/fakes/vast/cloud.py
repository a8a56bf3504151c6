"""The provider itself, whoever carries its answers: requests come in as values and go out as values."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.fakes.vast.faults import LATE_SECONDS, AtCreate, Faults
from tests.fakes.vast.instances import FakeInstance, Life, switch_in
from tests.fakes.vast.machines import KEY, Machine, found

PAGE = 25
GAPS = {"search": 6.0, "create": 4.5, "list": 1.0, "one": 2.0, "destroy": 3.0}
"""Seconds between two requests; who comes sooner gets a 429."""
_TOLERATED = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    body: Any = None
    """Text is sent as it is, everything else as JSON."""
    cut: bool = False
    """The line is dead instead."""
    headers: Mapping[str, str] = field(default_factory=dict)


_PAGE_OF_A_PROXY = "<html><body><h1>502 Bad Gateway</h1></body></html>"
_NULL = Answer(body={"instances": None})


class FakeCloud:
    def __init__(self, now: Callable[[], float], machines: int = 4, *, pace: float = 1.0) -> None:
        """``pace``: factor on the gaps between requests."""
        self._now = now
        self._pace = pace
        self.machines = [Machine(id=each, base_hourly=0.25 + 0.05 * each) for each in range(machines)]
        self.instances: dict[int, FakeInstance] = {}
        self.faults = Faults()
        self.life: Callable[[], Life] = Life
        """Of the next instance."""
        self.starts: Callable[[FakeInstance], None] = lambda _: None
        """Called with each new instance."""
        self.key = KEY
        self.keys_of_others: set[str] = set()
        """Their accounts have rented nothing."""
        self.charged = 100.0
        """Dollars that the account was charged up with."""
        self.creates: list[dict[str, Any]] = []
        """The bodies of all orders that were carried out."""
        self.asked: Counter[str] = Counter()
        self.too_soon: Counter[str] = Counter()
        self._late: list[tuple[float, Machine, dict[str, Any]]] = []
        self._last: dict[str, float] = {}
        self._ids = count(501)

    @property
    def now(self) -> float:
        return self._now()

    @property
    def credit(self) -> float:
        return self.charged - self.spent

    @property
    def spent(self) -> float:
        now = self.now
        return sum(each.spent(now) for each in self.instances.values())

    def alive(self, prefix: str = "") -> list[FakeInstance]:
        """What costs something, by the beginning of its label."""
        self._catch_up()
        now = self.now
        return [each for each in self.instances.values() if each.alive(now) and each.label.startswith(prefix)]

    def foreign(self, label: str, how_many: int) -> list[FakeInstance]:
        """Instances that somebody else has rented with the same account."""
        return [self._create(Machine(id=900 + each), {"label": label, "disk": 10}) for each in range(how_many)]

    def answer(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Any = None
    ) -> Answer:
        self._catch_up()
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if key in self.keys_of_others:
            return _NULL if "v0" in path else Answer(body={"instances": [], "next_token": None})
        if key != self.key:
            return Answer(401, {"success": False, "error": "auth_error", "msg": "Invalid user key"})
        return self._answer(method, path, query, body)

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Answer:
        match method, path.strip("/").split("/"):
            case "POST", ["api", "v0", "bundles"]:
                return self._limited("search") or self._search(body)
            case "PUT", ["api", "v0", "asks", number] if number.isdecimal():
                return self._limited("create") or self._order(int(number), body)
            case "GET", ["api", "v1", "instances"]:
                return self._limited("list") or self._list(query)
            case "GET", ["api", "v0", "instances", number] if number.isdecimal():
                return self._limited("one") or self._one(int(number))
            case "PUT", ["api", "v0", "instances", number] if number.isdecimal():
                return self._change(int(number), body)
            case "DELETE", ["api", "v0", "instances", number] if number.isdecimal():
                return self._limited("destroy") or self._destroy(int(number))
            case "GET", ["api", "v0", "users", "current"]:
                return Answer(body={"id": 1, "credit": self.credit, "balance": 0.0})
        return Answer(404, {"success": False, "error": "not_found", "msg": "no such route"})

    def _limited(self, route: str) -> Answer | None:
        now, last = self.now, self._last.get(route)
        self.asked[route] += 1
        self._last[route] = now
        gap = GAPS[route] * self._pace
        if last is None or now - last >= gap * (1 - _TOLERATED):
            return None
        self.too_soon[route] += 1
        return Answer(429, {"detail": f"API requests too frequent endpoint threshold={gap}"})

    def _search(self, query: Mapping[str, Any]) -> Answer:
        if self.faults.quota_exceeded:
            return Answer(429, {"error": "search_quota_exceeded", "msg": "daily search quota is used up"})
        rented = {each.machine.id for each in self.alive()}
        offers = [each.offer(query.get("allocated_storage", 5.0), each.id in rented) for each in self.machines]
        try:
            return Answer(body={"offers": found(offers, query)})
        except ValueError as error:
            return Answer(400, {"success": False, "error": "invalid_args", "msg": str(error)})

    def _order(self, offer_id: int, body: dict[str, Any]) -> Answer:
        at = self.faults.at_create.popleft() if self.faults.at_create else AtCreate.RENTED
        if refusal := _refusal_of_order(at, offer_id):
            return refusal
        free = {each.offer_id: each for each in self.machines} if body.get("image") else {}
        machine = free.get(offer_id)
        if not free:
            return Answer(400, {"success": False, "error": "invalid_args", "msg": "image", "ask_id": offer_id})
        if machine is None or any(each.machine == machine for each in self.alive()):
            return _taken(offer_id)
        if self.credit <= 0:
            return _refusal_of_order(AtCreate.NO_CREDIT, offer_id) or Answer(400)
        if at is AtCreate.RENTED_LATE:
            self._late.append((self.now + LATE_SECONDS * self._pace, machine, body))
            return Answer(cut=True)
        instance = self._create(machine, body)
        if at is AtCreate.PAGE:
            return Answer(502, _PAGE_OF_A_PROXY)
        told = {"success": True, "new_contract": instance.id, "instance_api_key": "key-of-the-container"}
        return Answer(body=told, cut=at is AtCreate.CUT_AFTER)

    def _create(self, machine: Machine, body: dict[str, Any]) -> FakeInstance:
        self.creates.append(body)
        instance = FakeInstance(id=next(self._ids), machine=machine, body=body, born=self.now, life=self.life())
        instance.switch = switch_in(str(body.get("onstart") or ""))
        self.instances[instance.id] = instance
        self.starts(instance)
        return instance

    def _list(self, query: Mapping[str, str]) -> Answer:
        if self.faults.lists_failing:
            self.faults.lists_failing -= 1
            return Answer(502, _PAGE_OF_A_PROXY)
        now = self.now
        filters = json.loads(query.get("select_filters") or "{}")
        after = int(base64.b64decode(query["after_token"])) if query.get("after_token") else 0
        listed = [each for _, each in sorted(self.instances.items()) if each.listed(now)]
        if filters:
            listed = [
                each for each in listed if all(each.row(now).get(name) == test["eq"] for name, test in filters.items())
            ]
        rest = [each for each in listed if each.id > after]
        page = rest[: min(int(query.get("limit", PAGE)), PAGE)]
        token = base64.b64encode(str(page[-1].id).encode()).decode() if len(rest) > len(page) else None
        rows = [each.row(now) for each in page]
        return Answer(body={"instances": rows, "next_token": token, "total_instances": len(listed)})

    def _one(self, number: int) -> Answer:
        instance = self.instances.get(number)
        if instance is None or not instance.listed(self.now):
            return _NULL
        return Answer(body={"instances": instance.row(self.now)})

    def _change(self, number: int, body: Mapping[str, Any]) -> Answer:
        instance = self.instances.get(number)
        if instance is None or not instance.listed(self.now):
            return Answer(404, {"success": False, "error": "not_found", "msg": "no such instance"})
        if "label" in body:
            instance.body["label"] = body["label"]
        return Answer(body={"success": True})

    def _destroy(self, number: int) -> Answer:
        if self.faults.deletes_failing:
            self.faults.deletes_failing -= 1
            return Answer(500, {"success": False, "error": "internal", "msg": "try again"})
        instance = self.instances.get(number)
        if instance is None or not instance.alive(self.now):
            return Answer(404, {"success": False, "error": "not_found", "msg": "no such instance"})
        instance.destroyed_at = self.now
        return Answer(body={"success": True})

    def _catch_up(self) -> None:
        """What happens by itself up to now: late orders, switches, and an account that has run dry."""
        for each in self.instances.values():
            if each.alive(self.now) and each.destroys_itself_at() <= self.now:
                each.destroyed_at = each.destroys_itself_at()
        for due, machine, body in [each for each in self._late if each[0] <= self.now]:
            self._late.remove((due, machine, body))
            self._create(machine, body)
        if self.credit <= 0:
            for each in self.instances.values():
                each.stopped_at = min(each.stopped_at, self.now)


def _taken(offer_id: int) -> Answer:
    words = f"error 404/3603: no_such_ask Instance type by id {offer_id} is not available."
    return Answer(404, {"success": False, "error": "invalid_args", "msg": words, "ask_id": offer_id})


def _refusal_of_order(at: AtCreate, offer_id: int) -> Answer | None:
    """For those orders that come to nothing whatever they ask for."""
    gone = {"success": False, "error": "no_such_ask", "msg": "error 410/3907: no_such_ask", "ask_id": offer_id}
    poor = {"success": False, "error": "insufficient_credit", "msg": "Insufficient credit", "ask_id": offer_id}
    wrong = {"success": False, "error": "invalid_args", "msg": "error 400: disk", "ask_id": offer_id}
    return {
        AtCreate.CUT_BEFORE: Answer(cut=True),
        AtCreate.TAKEN: _taken(offer_id),
        AtCreate.UNAVAILABLE: Answer(410, gone),
        AtCreate.TOO_OFTEN: Answer(429, {"detail": "API requests too frequent endpoint threshold=4.5"}),
        AtCreate.TOO_OFTEN_TEXT: Answer(429, "API requests too frequent"),
        AtCreate.NO_CREDIT: Answer(400, poor),
        AtCreate.WRONG: Answer(400, wrong),
    }.get(at)
