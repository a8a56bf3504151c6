"""RFC 9457 problem+json, the form of every error answer."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from vibes.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    HubError,
    InvalidDocument,
    InvalidRequest,
    NoCapableNode,
    NodeError,
    NotFound,
    StorageUnavailable,
)
from vibes.domain.reason import ReasonCode
from vibes.domain.refinement.intent import IntentChanged
from vibes.text.plain_text import encodable, shortened

MAX_PROBLEMS = 20
"""Most problems in an answer, so that it is not a hundred times as long as the request."""
_LONGEST_FIELD = 200
_LONGEST_MESSAGE = 1_000
_LONGEST_DETAIL = 4_000

MEDIA_TYPE = "application/problem+json"

_STATUSES: tuple[tuple[type[HubError], int], ...] = (
    (NotFound, 404),
    (IntentChanged, 412),
    (ChangedMeanwhile, 412),
    (Conflict, 409),
    (InvalidRequest, 422),
    (NoCapableNode, 422),
    (InvalidDocument, 422),
    (StorageUnavailable, 503),
    (NodeError, 502),
)

_TITLES = {
    400: "Malformed request",
    401: "API key required",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Request too large",
    415: "Another media type is required",
    421: "Unknown host name",
    422: "Invalid request",
    429: "Too many requests",
    502: "A node failed",
    503: "Unavailable",
}


class FieldProblem(BaseModel):
    field: str = Field(description="Dotted path of the field in the request.")
    message: str
    pointer: str | None = Field(None, description="JSON Pointer (RFC 6901) into the body, where there is one.")

    @classmethod
    def of(cls, field: str, message: str, pointer: str | None) -> "FieldProblem":
        """Cut to what an answer may show; half a surrogate pair is shown as a sign."""
        return cls(
            field=shortened(encodable(field), _LONGEST_FIELD),
            message=shortened(encodable(message), _LONGEST_MESSAGE),
            pointer=None if pointer is None else shortened(encodable(pointer), _LONGEST_FIELD),
        )


class ProblemDetail(BaseModel):
    """An error. ``code`` is stable; ``detail`` is for people and may change."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] = []
    reasons: dict[str, str] = Field(default={}, description="Per node, why it cannot do the work.")
    reason_codes: dict[str, ReasonCode] = Field(default={}, description="The same for whoever decides upon it.")
    current: dict[str, Any] | None = Field(
        None, description="The thing as it is now, where a change was refused because it is another one meanwhile."
    )


class ProblemResponse(JSONResponse):
    """An error answer that still knows its code."""

    def __init__(self, problem: ProblemDetail, headers: dict[str, str] | None) -> None:
        content = problem.model_dump(mode="json", exclude={"current"} if problem.current is None else None)
        super().__init__(content, problem.status, headers, MEDIA_TYPE)
        self.problem_code = problem.code


def problem_response(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldProblem] = (),
    headers: dict[str, str] | None = None,
) -> ProblemResponse:
    return _response(_problem(status, code, detail, errors), headers)


def hub_error_response(error: HubError, *, current: dict[str, Any] | None = None) -> JSONResponse:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    fields = error.problems if isinstance(error, InvalidRequest) else ()
    errors = [FieldProblem.of(each.field, each.message, each.pointer) for each in fields[:MAX_PROBLEMS]]
    problem = _problem(status, error.code, error.message, errors)
    problem.current = current
    if isinstance(error, NoCapableNode):
        problem.reasons = {encodable(node): encodable(why.sentence) for node, why in error.reasons.items()}
        problem.reason_codes = {encodable(node): why.code for node, why in error.reasons.items()}
    return _response(problem, {"Retry-After": "10"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None)


def _problem(status: int, code: str, detail: str, errors: Sequence[FieldProblem]) -> ProblemDetail:
    return ProblemDetail(
        type=f"urn:vibes:problem:{code}",
        title=_TITLES.get(status, "Error"),
        status=status,
        detail=shortened(encodable(detail), _LONGEST_DETAIL),
        code=code,
        errors=list(errors[:MAX_PROBLEMS]),
        current=None,
    )


def _response(problem: ProblemDetail, headers: dict[str, str] | None) -> ProblemResponse:
    return ProblemResponse(problem, headers)


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": title,
        "content": {MEDIA_TYPE: {}, "application/json": {"schema": {"$ref": "#/components/schemas/ProblemDetail"}}},
    }
    for status, title in _TITLES.items()
    if status in {400, 401, 403, 404, 409, 422, 503}
}
"""For the OpenAPI document: what every route may answer. Told by reference, `vibes.api.http.described` adds the schema:
a model would be compiled once for each status of each route, at every start of the hub."""
