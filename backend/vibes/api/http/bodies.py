"""Limits of request bodies: size, form and complexity, checked before anything parses them."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from vibes.api.http.problems import problem_response
from vibes.api.http.texts import text_refusal
from vibes.text.json_shape import nesting, without_strings

MAX_BODY_BYTES = 2 * 1024 * 1024
"""Bytes. Enough for a prompt of 128 KiB with every character escaped, and all other fields."""
MAX_SMALL_BODY_BYTES = 512 * 1024
"""Bytes for all other routes. Enough for the ids of ten thousand pictures."""
MAX_UPLOAD_BYTES = 33 * 1024 * 1024
"""Bytes. A picture of 32 MiB in its multipart envelope."""
UPLOAD_PATH = "/api/artifacts"
IMPORT_PATHS = frozenset({f"/api/workflows/import{step}" for step in ("", "/preview", "/test")})
"""Take JSON, or a file of a workflow or picture as a form."""
RECIPE_PATH = "/api/recipes"
_LARGE_PATHS = ("/generate", "/api/generate", "/api/jobs", "/api/sessions", "/api/workflows/import")

MAX_VALUES = 100_000
"""Most JSON values; an imported graph at its limit has a tenth of that."""
MAX_NESTING = 64
"""Deepest nesting of JSON; a session's config may have a third of that."""

LINGER_SECONDS = 1.0
"""Seconds that an answer to an unread body waits for the sender to read it, before the connection is closed."""

_FILE_TYPES = frozenset({"multipart/form-data", "application/octet-stream", "application/json", "text/plain"})
"""Besides pictures, what may be sent where a file is only read."""

_WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class BodyRefused(HTTPException):
    """Raised when a body turns out to be wrong while the application reads it; carries the answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


def has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _is_imported_file(scope: Scope) -> bool:
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().casefold()
    return scope["path"] in IMPORT_PATHS and media_type == "multipart/form-data"


def takes_file(path: str) -> bool:
    """Whether what is sent there is a file, which no limit of JSON holds for."""
    return path in {UPLOAD_PATH, RECIPE_PATH}


def head_refusal(scope: Scope) -> Response | None:
    """The answer that refuses a body by its headers; None when they are fine."""
    if scope["method"] not in _WRITING_METHODS or not has_body(scope):
        return None
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if length.isdecimal() and (len(length) > len(str(MAX_UPLOAD_BYTES)) or int(length) > _limit(scope)):
        return _too_large(_limit(scope))
    media_type = headers.get("content-type", "").partition(";")[0].strip().casefold()
    if scope["path"] == UPLOAD_PATH:
        if media_type != "multipart/form-data":
            return problem_response(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "multipart_required", "send the picture as the form field 'file'"
            )
    elif scope["path"] == RECIPE_PATH:
        if media_type not in _FILE_TYPES and not media_type.startswith("image/"):
            return problem_response(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "picture_required",
                "send the picture as the form field 'file', or as the body itself as Content-Type: image/png",
            )
    elif media_type != "application/json" and not _is_imported_file(scope):
        return problem_response(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "json_required", "send the body as Content-Type: application/json"
        )
    return None


def checked(scope: Scope, receive: Receive) -> Receive:
    """Receives the body for the application: limited, and JSON only when complete and found harmless.

    Raises BodyRefused for any other.
    """
    bounded = _bounded(receive, _limit(scope))
    if takes_file(scope["path"]) or _is_imported_file(scope) or not has_body(scope):
        return bounded
    return _whole(bounded)


def closing_when_unread(scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Both ends of a request, so that an answer before the end of its body also closes the connection.

    Otherwise the rest of a refused body would be read, however long and slow it is. The sender gets a moment to read
    the answer first: closing a connection with unread data resets it.
    """
    if not has_body(scope):
        return receive, send
    ended = closing = False

    async def receive_and_watch() -> Message:
        nonlocal ended
        message = await receive()
        ended = ended or not message.get("more_body", False)
        return message

    async def send_and_close(message: Message) -> None:
        nonlocal closing
        if message["type"] == "http.response.start" and not ended:
            closing = True
            MutableHeaders(scope=message)["Connection"] = "close"
        last = closing and message["type"] == "http.response.body" and not message.get("more_body", False)
        if not last:
            await send(message)
            return
        await send({**message, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while not ended and "expect" not in Headers(scope=scope):
                    await receive_and_watch()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return receive_and_watch, send_and_close


def json_refusal(body: bytes) -> Response | None:
    """The answer that refuses a JSON text which is too costly to parse; None when it is fine. Takes linear time."""
    if b"\x00" in body:
        return _malformed("it holds a zero byte; send UTF-8")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _malformed(f"it is not UTF-8 text: {error.reason} at byte {error.start}")
    opened = body.count(b"[") + body.count(b"{")
    if opened <= MAX_NESTING and opened + body.count(b",") <= MAX_VALUES:
        return text_refusal(body)
    structure = without_strings(body)
    if structure.count(b",") + structure.count(b"[") + structure.count(b"{") > MAX_VALUES:
        return _unprocessable("too_many_values", f"a request body may hold {MAX_VALUES:,} values")
    if nesting(structure) > MAX_NESTING:
        return _unprocessable("nested_too_deep", f"a request body may be nested {MAX_NESTING} deep")
    return text_refusal(body)


def _limit(scope: Scope) -> int:
    path = scope["path"]
    if takes_file(path) or _is_imported_file(scope):
        return MAX_UPLOAD_BYTES
    large = any(path == each or path.startswith(f"{each}/") for each in _LARGE_PATHS)
    return MAX_BODY_BYTES if large else MAX_SMALL_BODY_BYTES


def _bounded(receive: Receive, limit: int) -> Receive:
    """Refuse a chunked body as soon as it exceeds the limit."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise BodyRefused(_too_large(limit))
        return message

    return bounded


def _whole(receive: Receive) -> Receive:
    told = False

    async def whole() -> Message:
        nonlocal told
        if told:
            return await receive()
        pieces: list[bytes] = []
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return message
            pieces.append(message.get("body", b""))
            more = message.get("more_body", False)
        told = True
        body = b"".join(pieces)
        refusal = json_refusal(body)
        if refusal is not None:
            raise BodyRefused(refusal)
        return {"type": "http.request", "body": body, "more_body": False}

    return whole


def _too_large(limit: int) -> Response:
    return problem_response(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", f"a request body may have {limit:,} bytes"
    )


def _malformed(reason: str) -> Response:
    return problem_response(HTTPStatus.BAD_REQUEST, "malformed_json", f"the body is not valid JSON: {reason}")


def _unprocessable(code: str, detail: str) -> Response:
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, code, detail)
