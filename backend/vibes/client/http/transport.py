"""Requests to one hub: repeated while it restarts where that is safe; refusals become exceptions, answers values."""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from vibes.client.http.address import HubAddress
from vibes.client.http.answers import MAX_ANSWER_BYTES, MAX_ERROR_BYTES, own_path, parse_json, read_up_to
from vibes.client.http.decoding import decode
from vibes.client.http.errors import (
    CannotBeSent,
    ClientError,
    FieldProblem,
    HubAway,
    HubRefused,
    HubUntrusted,
    NotUnderstood,
    refusal,
)
from vibes.client.http.patience import OnAway, Patience
from vibes.text.plain_text import shortened

JsonObject = dict[str, Any]
Query = Mapping[str, Any]
T = TypeVar("T")

ANSWER_SECONDS = 60.0
CONNECT_SECONDS = 10.0
_PASSING = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
"""Statuses that a proxy sends too while the hub behind it restarts."""
_GOOD = range(200, 300)
_MOST_PROBLEMS = 100
_LONGEST_MESSAGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. ``repeatable``: sending it twice has the effect of sending it once."""

    method: str
    path: str
    repeatable: bool
    body: Any = None
    query: Query = field(default_factory=dict)
    key: str | None = None
    picture: bytes | None = None
    form: Mapping[str, str] | None = None
    """Fields beside a file, which then has `file_name`."""
    file_name: str = "picture"
    seen: str | None = None
    """The ETag that a change was made from."""
    seconds: float = ANSWER_SECONDS
    """Longest silence of the hub while it answers."""


def get(path: str, **query: Any) -> Call:
    return Call(method="GET", path=path, query=query, repeatable=True)


def submission(path: str, body: Any, idempotency_key: str | None) -> Call:
    """A POST with a key, so that repeating it has no effect."""
    return Call(method="POST", path=path, body=body, key=idempotency_key or str(uuid4()), repeatable=True)


class Transport:
    """The connection to a hub, one a client; remembers whether the hub ever answered."""

    def __init__(
        self,
        address: HubAddress,
        http: httpx.AsyncClient,
        certificates: ssl.SSLContext | None = None,
        *,
        patience_seconds: float,
        on_away: OnAway | None,
    ) -> None:
        self.address = address
        self.certificates = certificates
        self._http = http
        self._patience_seconds = patience_seconds
        self._on_away = on_away
        self._known = False

    def patience(self) -> Patience:
        return Patience(self._patience_seconds, known=self._known, on_away=self._on_away)

    def answered(self) -> None:
        self._known = True

    def away(self, error: Exception) -> HubAway:
        refused = _certificate_refused(error)
        if refused is not None:
            return HubUntrusted(
                f"the certificate of {self.address.url} is not trusted: {refused.verify_message}. Where it is right, "
                "name the file with the certificate of whoever vouches for it: vibes --ca FILE … or VIBES_CA."
            )
        return HubAway(
            f"no hub answers at {self.address.url} ({type(error).__name__}). Start one with `vibes demo` or "
            "`vibes serve`, or say where it is with --url."
        )

    async def value(self, kind: type[T], call: Call) -> T:
        """The answer, as a ``kind``."""
        return decode(kind, await self.json(call))

    async def json(self, call: Call) -> Any:
        _, content = await self._send(call)
        try:
            return parse_json(content) if content else None
        except NotUnderstood as error:
            raise NotUnderstood(f"{self.address.url}: {error}; is it really a Vibes ImGen hub?") from error

    async def content(self, call: Call) -> bytes:
        _, content = await self._send(call)
        return content

    async def content_and_type(self, call: Call) -> tuple[bytes, str]:
        """The answer, and the media type that it says it is, without parameters; empty where it says none."""
        response, content = await self._send(call)
        return content, response.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @asynccontextmanager
    async def stream(
        self, path: str, headers: Mapping[str, str], silence_seconds: float
    ) -> AsyncIterator[httpx.Response]:
        """One connection, not repeated. Raises HubAway when it breaks, or is silent for so long before or after the
        answer."""
        timeout = httpx.Timeout(CONNECT_SECONDS, read=silence_seconds)
        try:
            async with self._http.stream("GET", path, headers=dict(headers), timeout=timeout) as response:
                self.answered()
                if response.status_code not in _GOOD:
                    raise refused(response, await read_up_to(response, MAX_ERROR_BYTES))
                yield response
        except httpx.HTTPError as error:
            raise self.away(error) from error

    async def _send(self, call: Call) -> tuple[httpx.Response, bytes]:
        request = self._http.build_request(call.method, own_path(call.path), **_content(call))
        patience = self.patience()
        while True:
            reason: ClientError
            try:
                response, content = await self._exchange(request)
            except httpx.HTTPError as error:
                reason, wait = self.away(error), 0.0
                never_arrived = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
                if not (call.repeatable or never_arrived):
                    raise reason from error
            else:
                self.answered()
                patience.refused()
                if response.status_code in _GOOD:
                    return response, content
                reason, wait = refused(response, content), _retry_after(response)
                if not (call.repeatable and response.status_code in _PASSING):
                    raise reason
            await patience.pause(reason, at_least=wait)

    async def _exchange(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        response = await self._http.send(request, stream=True)
        try:
            good = response.status_code in _GOOD
            return response, await read_up_to(response, MAX_ANSWER_BYTES if good else MAX_ERROR_BYTES)
        finally:
            await response.aclose()


@asynccontextmanager
async def open_transport(
    address: HubAddress, *, patience_seconds: float, on_away: OnAway | None
) -> AsyncIterator[Transport]:
    """Ignores proxies of the environment, since hubs are usually near."""
    certificates = address.certificates()
    async with httpx.AsyncClient(
        base_url=address.url,
        # no compression, so that no small answer unpacks to a huge one
        headers={**address.headers, "Accept-Encoding": "identity"},
        follow_redirects=False,  # a redirect would send the key elsewhere
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS, pool=None),
        trust_env=False,
        verify=certificates or True,
    ) as http:
        yield Transport(address, http, certificates, patience_seconds=patience_seconds, on_away=on_away)


def refused(response: httpx.Response, content: bytes) -> HubRefused | NotUnderstood:
    """The exception for an error answer, whether it is problem+json or not."""
    try:
        problem = parse_json(content)
        message, code = str(problem.get("detail", f"status {response.status_code}")), str(problem["code"])
        problems = [
            FieldProblem(
                str(each["field"]), str(each["message"]), str(each["pointer"]) if each.get("pointer") else None
            )
            for each in problem.get("errors", ())[:_MOST_PROBLEMS]
        ]
        reasons = {str(node): str(why) for node, why in (problem.get("reasons") or {}).items()}
    except (NotUnderstood, TypeError, AttributeError, KeyError):
        return NotUnderstood(_no_hub(response))
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        message = "the hub asks for its API key: say --api-key or set VIBES_API_KEY, and check that it is the right one"
    return refusal(
        shortened(message, _LONGEST_MESSAGE), status=response.status_code, code=code, problems=problems, reasons=reasons
    )


def _certificate_refused(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Which of its causes that is, if one is."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _no_hub(response: httpx.Response) -> str:
    """Of an answer that no hub has written, but most likely a proxy before it."""
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return f"something before the hub at {response.url} takes no file of this size: raise its limit to 33 MB"
    if response.status_code in _PASSING:
        return f"something answers {response.status_code} at {response.url} and does not reach the hub behind it"
    return f"{response.url} answered {response.status_code}: is it really a Vibes ImGen hub?"


def _content(call: Call) -> dict[str, Any]:
    given: dict[str, Any] = {"params": {name: value for name, value in call.query.items() if value is not None}}
    if call.seconds != ANSWER_SECONDS:
        given["timeout"] = httpx.Timeout(call.seconds, connect=CONNECT_SECONDS)
    if call.picture is not None:
        return {**given, "files": {"file": (call.file_name, call.picture)}, "data": dict(call.form or {})}
    headers = {"Idempotency-Key": call.key} if call.key else {}
    if call.seen is not None:
        headers["If-Match"] = call.seen
    if call.body is not None:
        headers["Content-Type"] = "application/json"
        try:
            given["content"] = json.dumps(call.body, allow_nan=False, ensure_ascii=False).encode()
        except (ValueError, TypeError) as error:
            raise CannotBeSent(f"this cannot be sent: {error}") from error
    return {**given, "headers": headers}


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), 60.0) if text.isascii() and text.isdecimal() else 0.0
