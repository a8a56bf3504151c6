"""Workflow imports as a form: a file beside the fields that JSON has else."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile

from vibes.domain.errors import InvalidRequest, Problem

_REPLACED = frozenset({b"content-type", b"content-length"})
_MOST_FIELDS = 8
_LARGEST_FIELD = 256 * 1024
"""Bytes."""

FORM: dict[str, Any] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "name"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A workflow as JSON, or a PNG, JPEG or WebP that holds one.",
                        },
                        "name": {"type": "string"},
                        "family": {"type": "string"},
                        "bindings": {
                            "type": "string",
                            "description": 'A JSON object as of the other form of this body: {"prompt": "6.text"}.',
                        },
                    },
                }
            }
        }
    }
}
"""What a route says of it in the OpenAPI document, beside its JSON."""


class ImportRoute(APIRoute):
    """A route that also takes a form: its ``file`` is at `file_of`, its other fields are the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_form(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != "multipart/form-data":
                return await handle(request)
            return await handle(await _as_json(request))

        return handle_form


def file_of(request: Request) -> tuple[bytes, str] | None:
    """The content and name of the file that came as a form; None where JSON came."""
    found: tuple[bytes, str] | None = getattr(request.state, "imported_file", None)
    return found


async def _as_json(request: Request) -> Request:
    async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_FIELD) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            message = "send the workflow or picture as the form field 'file'"
            raise InvalidRequest(message, code="invalid_workflow", problems=[Problem("file", message)])
        request.state.imported_file = (await file.read(), file.filename or "")
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    body: dict[str, Any] = {**fields, "graph": {}}
    if "bindings" in fields:
        body["bindings"] = _bindings(fields["bindings"])
    content = json.dumps(body).encode()
    headers = [each for each in request.scope["headers"] if each[0] not in _REPLACED]
    scope = {**request.scope, "headers": [*headers, (b"content-type", b"application/json")]}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    return Request(scope, receive)


def _bindings(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f'bindings must be a JSON object, such as {{"prompt": "6.text"}}: {error}'
        raise InvalidRequest(message, code="invalid_bindings", problems=[Problem("bindings", message)]) from error
