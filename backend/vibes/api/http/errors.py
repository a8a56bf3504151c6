"""Turns every exception into a problem+json answer, without tracebacks."""

import logging
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from vibes.api.http.bodies import BodyRefused
from vibes.api.http.problems import MAX_PROBLEMS, FieldProblem, hub_error_response, problem_response
from vibes.api.schemas.refinement import IntentOut
from vibes.api.schemas.sessions import SessionConfigOut
from vibes.domain.errors import HubError
from vibes.domain.refinement.intent import IntentChanged
from vibes.domain.session import ConfigConflict
from vibes.text.json_pointer import json_pointer

logger = logging.getLogger(__name__)

_LOCATIONS = {"body", "query", "path", "header"}
_KIND_OF_VALUE = re.compile(r"(?:function-\w+|list|dict|union|tagged-union|nullable)\[.*\]", re.DOTALL)


def install_error_handlers(app: FastAPI) -> None:
    app.exception_handler(HubError)(_hub_error)
    app.exception_handler(ConfigConflict)(_config_conflict)
    app.exception_handler(IntentChanged)(_intent_changed)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(BodyRefused)(_body_refused)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(Exception)(_fault)


async def _hub_error(_: Request, error: HubError) -> Response:
    return hub_error_response(error)


async def _config_conflict(_: Request, error: ConfigConflict) -> Response:
    return hub_error_response(error, current=SessionConfigOut.of(error.current).model_dump(mode="json"))


async def _intent_changed(_: Request, error: IntentChanged) -> Response:
    return hub_error_response(error, current=IntentOut.of(error.current).model_dump(mode="json"))


async def _invalid(_: Request, error: RequestValidationError) -> Response:
    details: Sequence[Any] = error.errors()
    malformed = next((detail for detail in details if detail["type"] == "json_invalid"), None)
    if malformed is not None:
        reason = malformed.get("ctx", {}).get("error", "it cannot be parsed")
        position = malformed["loc"][-1]
        return problem_response(400, "malformed_json", f"the body is not valid JSON: {reason} (character {position})")
    problems = [
        FieldProblem.of(_field(_place(detail)), _message(detail), _pointer(_place(detail)))
        for detail in details[:MAX_PROBLEMS]
    ]
    summary = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
    if len(details) > MAX_PROBLEMS:
        summary = f"{len(details)} mistakes, the first {MAX_PROBLEMS} of them: {summary}"
    return problem_response(422, "invalid_parameters", summary, errors=problems)


async def _body_refused(_: Request, error: BodyRefused) -> Response:
    return error.answer


async def _http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem_response(404, "not_found", f"there is nothing at {request.url.path}; see /docs for the API")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not possible at {request.url.path}; see /docs for the API"
        return problem_response(405, "method_not_allowed", detail, headers=dict(error.headers or {}))
    return problem_response(error.status_code, "http_error", str(error.detail), headers=dict(error.headers or {}))


async def _fault(request: Request, error: Exception) -> JSONResponse:
    logger.error("%s %s broke", request.method, request.url.path, exc_info=error)
    return problem_response(500, "internal_error", "the hub made a mistake; its log has the details")


def _place(detail: Any) -> Sequence[str | int]:
    """Where it is, without the kinds of values that a field might have had, which pydantic names on the way."""
    return [each for each in detail["loc"] if not (isinstance(each, str) and _KIND_OF_VALUE.fullmatch(each))]


def _field(location: Sequence[str | int]) -> str:
    parts = [str(part) for part in location]
    return ".".join(parts[1:] if parts and parts[0] in _LOCATIONS else parts) or "body"


def _pointer(location: Sequence[str | int]) -> str | None:
    return json_pointer(location[1:]) if location and location[0] == "body" else None


def _message(detail: Any) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if detail["type"] == "extra_forbidden":
        return "unknown field"
    if detail["type"] == "union_tag_not_found":
        return f"the field {detail['ctx']['discriminator']} is required and says what to do"
    if detail["type"] == "union_tag_invalid":
        about = detail["ctx"]
        return f"{about['discriminator']} {about['tag']!r} is unknown: use {about['expected_tags']}"
    message = str(detail["msg"])
    return message[0].lower() + message[1:]
