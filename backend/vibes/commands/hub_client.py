"""The commands' way to a hub: its HTTP API and its live events, with errors in its own words."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

JsonObject = dict[str, Any]

TIMEOUT_SECONDS = 30.0


class HubRefused(Exception):
    """The hub answered with a problem; ``lines`` are its sentences."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class HubAway(Exception):
    """Nobody answers at the address."""


@dataclass(frozen=True, slots=True)
class HubAddress:
    url: str
    api_key: str | None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def socket_url(self, path: str) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}"


def check_address(address: HubAddress) -> None:
    """Raises HubAway when it cannot be the address of a hub."""
    try:
        parts = urlsplit(address.url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        httpx.URL(address.url)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise HubAway(f"{address.url} is no address of a hub; it looks like http://127.0.0.1:8001")
    if address.api_key is not None and not address.api_key.isascii():
        raise HubAway("the API key may hold plain ASCII characters only")


class HubClient:
    def __init__(self, address: HubAddress, http: httpx.AsyncClient) -> None:
        self._address = address
        self._http = http

    async def get(self, path: str) -> JsonObject:
        return await self._json("GET", path, None)

    async def post(self, path: str, body: JsonObject) -> JsonObject:
        return await self._json("POST", path, body)

    async def patch(self, path: str, body: JsonObject) -> JsonObject:
        return await self._json("PATCH", path, body)

    async def download(self, path: str) -> bytes:
        try:
            response = await self._http.get(path)
        except httpx.HTTPError as error:
            raise self._away(error) from error
        if response.is_error:
            raise HubRefused(_sentences(response))
        return response.content

    async def events(self, session_id: str, since: int | None) -> AsyncGenerator[JsonObject, None]:
        """The session's text messages, from ``since`` on; ends when the connection breaks."""
        query = "" if since is None else f"?since={since}"
        url = self._address.socket_url(f"/ws/session/{session_id}{query}")
        try:
            async with connect(url, additional_headers=self._address.headers, max_size=None, proxy=None) as socket:
                async for message in socket:
                    if isinstance(message, str):
                        event: JsonObject = json.loads(message)
                        yield event
        except (OSError, WebSocketException):
            return

    async def _json(self, method: str, path: str, body: JsonObject | None) -> JsonObject:
        try:
            content = None if body is None else json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
        except ValueError as error:
            raise HubRefused([f"this cannot be sent: {error}"]) from error
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())} if content else {}
        try:
            response = await self._http.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise self._away(error) from error
        if response.is_error:
            raise HubRefused(_sentences(response))
        answer: JsonObject = response.json()
        return answer

    def _away(self, error: httpx.HTTPError) -> HubAway:
        return HubAway(
            f"no hub answers at {self._address.url} ({type(error).__name__}). Start one with `vibes demo` or "
            "`vibes serve`, or say where it is with --url."
        )


@asynccontextmanager
async def open_hub(address: HubAddress) -> AsyncIterator[HubClient]:
    check_address(address)
    async with httpx.AsyncClient(
        base_url=address.url, headers=address.headers, timeout=TIMEOUT_SECONDS, trust_env=False
    ) as http:
        yield HubClient(address, http)


def _sentences(response: httpx.Response) -> list[str]:
    try:
        problem = response.json()
    except ValueError:
        return [f"{response.url} answered {response.status_code}: is it really a Vibes ImGen hub?"]
    if problem.get("code") == "api_key_required":
        return ["the hub asks for its API key: say --api-key or set VIBES_API_KEY, and check that it is the right one"]
    detail = str(problem.get("detail", f"status {response.status_code}"))
    errors = [each for each in problem.get("errors", ()) if str(each["message"]) not in detail]
    return [detail, *(f"{each['field']}: {each['message']}" for each in errors)]
