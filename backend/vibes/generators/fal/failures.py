"""What fal's errors mean: those of its platform, and those of its models (https://docs.fal.ai/errors)."""

import re
from collections.abc import Mapping
from http import HTTPStatus as Status
from typing import Any

from vibes.generators.errors import (
    Cancelled,
    Crashed,
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    Moderated,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.hosted.http import Reply

_NOT_BILLED = frozenset(
    {
        "request_timeout",
        "startup_timeout",
        "runner_scheduling_failure",
        "runner_connection_timeout",
        "runner_disconnected",
        "runner_connection_refused",
        "runner_connection_error",
        "runner_incomplete_response",
        "client_disconnected",
        "generation_timeout",
        "downstream_service_error",
        "downstream_service_unavailable",
    }
)
"""Failures of the platform, or of what a model itself asks: such runs are not billed, and may go well elsewhere."""
_BROKE = frozenset({"runner_server_error", "internal_error", "internal_server_error"})
_BALANCE = re.compile(r"exhausted balance|top up|billing|insufficient (?:balance|credit|funds)", re.IGNORECASE)
_OF_THE_ACCOUNT = frozenset(
    {Status.UNAUTHORIZED, Status.PAYMENT_REQUIRED, Status.FORBIDDEN, Status.NOT_FOUND, Status.METHOD_NOT_ALLOWED}
)
_PASSING = frozenset({Status.UNAUTHORIZED, Status.FORBIDDEN, Status.REQUEST_TIMEOUT, Status.TOO_MANY_REQUESTS})
"""Of a result that is there: a key that was changed meanwhile, or too many questions. It is asked for again."""
_MOST_TEXT = 300


def of_submission(reply: Reply, value: Any) -> GeneratorError:
    """Why the queue did not take it. Whether a gateway that fails has passed it on, nobody can tell."""
    text = f"fal answered {reply.status}: {text_of(reply, value)}"
    if reply.broken or reply.status == Status.REQUEST_TIMEOUT or reply.good:
        return MaybePaid(text)
    return _of_the_account(reply, text) or _of_the_request(type_of(reply, value), text)


def of_look(reply: Reply, value: Any) -> GeneratorError | None:
    """Of a question about the account alone, such as an upload: None where it went well."""
    if reply.good:
        return None
    text = f"fal answered {reply.status}: {text_of(reply, value)}"
    return _of_the_account(reply, text) or Unavailable(text)


def of_ending(kind: str | None, text: str) -> GeneratorError:
    """What the status of a request that is over tells."""
    told = f"fal: {text[:_MOST_TEXT]}"
    if kind == "client_cancelled":
        return Cancelled(told)
    if kind in _NOT_BILLED:
        return Unavailable(told)
    return Crashed(told) if kind is None or kind in _BROKE else _of_the_request(kind, told)


def of_result(reply: Reply, value: Any) -> GeneratorError | None:
    """Why the result is none; None where asking again may help, since nobody knows yet."""
    kind = type_of(reply, value)
    text = text_of(reply, value)
    told = f"fal answered {reply.status}: {text}"
    if reply.status == Status.NOT_FOUND:
        return MaybePaid("fal keeps its result no longer: it was drawn, and its picture is lost")
    if reply.headers.get("x-fal-retryable") == "true" or kind in _NOT_BILLED:
        return Unavailable(told)
    if kind == "client_cancelled":
        return Cancelled(told)
    if reply.broken:
        return Crashed(told) if kind is not None else None
    return None if reply.status in _PASSING else _of_the_request(kind, told)


def type_of(reply: Reply, value: Any) -> str | None:
    """The platform's ``error_type``, or the type of the first problem that a model tells."""
    detail = value.get("detail") if isinstance(value, Mapping) else None
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        return _word(detail[0].get("type"))
    told = value.get("error_type") if isinstance(value, Mapping) else None
    return _word(told) or reply.headers.get("x-fal-error-type")


def text_of(reply: Reply, value: Any) -> str:
    """For people: what is wrong, and at which input."""
    detail = value.get("detail") if isinstance(value, Mapping) else None
    if isinstance(detail, list):
        problems = [each for each in detail if isinstance(each, Mapping)]
        return "; ".join(_problem(each) for each in problems[:5])[:_MOST_TEXT]
    return detail[:_MOST_TEXT] if isinstance(detail, str) else reply.beginning


def _problem(problem: Mapping[str, Any]) -> str:
    place = problem.get("loc")
    where = ".".join(str(each) for each in place if each != "body") if isinstance(place, list) else ""
    message = str(problem.get("msg", ""))
    return f"{where}: {message}" if where else message


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _of_the_account(reply: Reply, text: str) -> GeneratorError | None:
    if reply.status == Status.TOO_MANY_REQUESTS:
        return RateLimited(text, reply.retry_after)
    if reply.status in {Status.PAYMENT_REQUIRED, Status.FORBIDDEN} and _BALANCE.search(text):
        return OutOfCredit(text)
    if reply.status == Status.UNAUTHORIZED:
        return Misconfigured(f"{text}: put the right FAL_KEY=… into the environment or into .env")
    if reply.status in _OF_THE_ACCOUNT or reply.redirects:
        return Misconfigured(text)
    return None


def _of_the_request(kind: str | None, text: str) -> GeneratorError:
    return Moderated(text) if kind == "content_policy_violation" else InvalidInput(text)
