"""One account at Vast.ai over its REST interface: the six calls that renting takes."""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from vibes.generators.errors import (
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.hosted.http import NoAnswer, Reply, bounded, lower, parsed
from vibes.generators.vastai.pace import CREATE_PENALTY_SECONDS, Pace, Route
from vibes.generators.vastai.wire import Instance, Offer, instance_of, number_in, offer_of

DEFAULT_URL = "https://console.vast.ai"
ANSWER_SECONDS = 30.0
CREATE_SECONDS = 60.0
_MOST_BYTES = 16 * 1024**2
"""Of an answer: a page of instances has some hundred thousand."""
_PAGE = 25
_MOST_PAGES = 400
_LONGEST_ADVICE_SECONDS = 60.0
_QUOTA_SECONDS = 3600.0
"""The quota comes back at midnight of UTC: asking now and then is enough."""
_ABOUT_MONEY = ("credit", "billing", "balance")
"""Words by which any refusal says that the account cannot pay: there is no code for it."""
_REFUSED = 400
_BROKEN = 500


class OfferGone(Unavailable):
    """Somebody else has rented it meanwhile: nothing was rented."""

    code = "offer_gone"


class VastAccount:
    """Raises Misconfigured for a key that may not do this, RateLimited, Unavailable; nothing is repeated by itself.

    `rent` alone may raise MaybePaid: the order may have arrived, look into the list. `instances` is complete or raises.
    """

    def __init__(
        self,
        key: str,
        *,
        url: str = DEFAULT_URL,
        pace: Pace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._pace = pace or Pace()
        self._http = httpx.AsyncClient(
            base_url=self.url,
            headers={"User-Agent": "vibes-imgen"},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=10.0),
            transport=transport,
            trust_env=False,
        )
        self.use(key)

    @property
    def key(self) -> str:
        return self._key

    def use(self, key: str) -> None:
        """From the next question on."""
        self._key = key
        self._http.headers["Authorization"] = f"Bearer {key}"

    async def offers(self, query: Mapping[str, Any]) -> list[Offer]:
        """What can be rented now, in the order that the query asks for."""
        answer = await self._ask(Route.SEARCH, "POST", "/api/v0/bundles/", body=query)
        rows = answer.get("offers")
        if not isinstance(rows, list):
            raise Unavailable("the search for offers was answered without a list")
        return [offer for row in rows if (offer := offer_of(row)) is not None]

    async def rent(self, offer_id: int, launch: Mapping[str, Any]) -> int:
        """The new contract. Raises OfferGone, OutOfCredit or InvalidInput where nothing was rented for sure."""
        try:
            async with self._pace.turn(Route.CREATE):
                reply = await self._exchange("PUT", f"/api/v0/asks/{offer_id}/", CREATE_SECONDS, json=launch)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(f"Vast.ai cannot be reached: {error}") from error
        except (httpx.HTTPError, NoAnswer, TimeoutError) as error:
            raise MaybePaid(f"the order got no answer: {_words_of(error)}") from error
        if reply.status >= _REFUSED:
            raise self._refusal(reply)
        match parsed(reply.body):
            case {"success": True, "new_contract": int(contract)}:
                return contract
            case {"success": False} as refused:
                raise InvalidInput(f"the order was refused: {_words(refused)}")
            case _:
                raise MaybePaid("the order was answered by something else than a contract")

    async def instances(self) -> list[Instance]:
        """All of the account, whoever rented them."""
        found: list[Instance] = []
        token: str | None = None
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            parameters = {"limit": str(_PAGE), "order_by": json.dumps([{"col": "id", "dir": "asc"}])}
            if token is not None:
                parameters["after_token"] = token
            answer = await self._ask(Route.LIST, "GET", "/api/v1/instances/", parameters=parameters)
            rows, following = answer.get("instances"), answer.get("next_token")
            if not isinstance(rows, list):
                raise Unavailable("the list of instances has no instances")
            found += map(instance_of, rows)
            if not following:
                return found
            token = str(following)
            if token in seen:
                break
            seen.add(token)
        raise Unavailable("the list of instances does not end")

    async def is_gone(self, contract: int) -> bool:
        """Whether the account says that there is no such instance; a status of null is none that is gone."""
        try:
            answer = await self._ask(Route.ONE, "GET", f"/api/v0/instances/{contract}/", parameters={"owner": "me"})
        except _NotThere:
            return True
        return "instances" in answer and answer["instances"] is None

    async def destroy(self, contract: int) -> None:
        """Ask for it; that it is gone shows later. One that is not there any more is fine."""
        try:
            await self._ask(Route.DESTROY, "DELETE", f"/api/v0/instances/{contract}/", body={})
        except _NotThere:
            return

    async def credit(self) -> float:
        """Dollars that the account has."""
        answer = await self._ask(Route.ACCOUNT, "GET", "/api/v0/users/current/")
        credit = number_in(answer, "credit")
        if credit is None:
            raise Unavailable("the account does not tell its credit")
        return credit

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(
        self,
        route: Route,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """A question that may be repeated: every way of not getting its answer is Unavailable."""
        try:
            async with self._pace.turn(route):
                reply = await self._exchange(method, path, ANSWER_SECONDS, json=body, params=parameters)
        except (httpx.HTTPError, NoAnswer, TimeoutError) as error:
            raise Unavailable(f"Vast.ai does not answer: {_words_of(error)}") from error
        if reply.status >= _REFUSED:
            refusal = self._refusal(reply, route)
            raise Unavailable(str(refusal)) if isinstance(refusal, MaybePaid | InvalidInput) else refusal
        answer = parsed(reply.body)
        if not isinstance(answer, dict):
            raise Unavailable(f"Vast.ai answers something else than JSON ({reply.status})")
        return answer

    async def _exchange(self, method: str, path: str, seconds: float, **request: Any) -> Reply:
        """One request and its whole answer within the time: one that never ends must not keep machines rented."""
        async with asyncio.timeout(seconds), self._http.stream(method, path, timeout=seconds, **request) as response:
            body = b"".join([piece async for piece in bounded(response, _MOST_BYTES)])
            return Reply(response.status_code, lower(response.headers), body.replace(self._key.encode(), b"..."))

    def _refusal(self, reply: Reply, route: Route = Route.CREATE) -> GeneratorError:
        """What an answer of 4xx or 5xx means."""
        status, answer = reply.status, parsed(reply.body)
        words = _words(answer) if isinstance(answer, dict) else reply.beginning
        if "search_quota_exceeded" in words:
            return RateLimited("the searches of this day are used up at Vast.ai", _QUOTA_SECONDS)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            usual = CREATE_PENALTY_SECONDS if route is Route.CREATE else 2 * route.value
            wait = min(reply.retry_after or usual, _LONGEST_ADVICE_SECONDS)
            self._pace.too_soon(route, wait)
            return RateLimited(f"Vast.ai is asked too often: {words}", wait)
        if status >= _BROKEN:
            return MaybePaid(f"Vast.ai answers {status}: {words}")
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            advice = "put the right VAST_API_KEY=… into .env, or into the environment before the hub starts"
            return Misconfigured(f"Vast.ai refuses the key ({status}): {words}: {advice}")
        if any(word in words.lower() for word in _ABOUT_MONEY):
            return OutOfCredit(f"the account at Vast.ai cannot pay: {words}")
        if route is Route.CREATE and (status == HTTPStatus.GONE or "no_such_ask" in words):
            return OfferGone(f"the offer is gone: {words}")
        if status == HTTPStatus.NOT_FOUND and route in {Route.ONE, Route.DESTROY}:
            return _NotThere(words)
        return InvalidInput(f"Vast.ai refuses it ({status}): {words}")


class _NotThere(Unavailable):
    """404 for one instance."""


def _words(answer: Mapping[str, Any]) -> str:
    parts = [str(answer[key]) for key in ("error", "msg", "detail") if answer.get(key)]
    return ": ".join(parts)[:300] or "without a word"


def _words_of(error: Exception) -> str:
    """httpx's own texts tell nothing more than their kind, and may have what was sent."""
    return str(error) if isinstance(error, NoAnswer) else type(error).__name__
