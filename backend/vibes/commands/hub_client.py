"""The commands' way to a hub: its HTTP API and its live events, with errors in its own words."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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


class HubClient:
    def __init__(self, address: HubAddress, http: httpx.AsyncClient) -> None:
        self._address = address
        self._http = http

    async def get(self, path: str) -> JsonObject:
        return await self._json("GET", path, None)

    async def post(self, path: str, body: JsonObject) -> JsonObject:
        return await self._json("POST", path, body)

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
            response = await self._http.request(method, path, json=body)
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
    async with httpx.AsyncClient(
        base_url=address.url, headers=address.headers, timeout=TIMEOUT_SECONDS, trust_env=False
    ) as http:
        yield HubClient(address, http)


def _sentences(response: httpx.Response) -> list[str]:
    try:
        problem = response.json()
    except ValueError:
        return [f"{response.url} answered {response.status_code}: is it really a Vibes ImGen hub?"]
    lines = [str(problem.get("detail", f"status {response.status_code}"))]
    lines += [f"{each['field']}: {each['message']}" for each in problem.get("errors", ())]
    return [lines[0], *(line for line in lines[1:] if line not in lines[0])]
