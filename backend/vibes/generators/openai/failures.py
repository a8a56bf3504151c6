"""What the errors of OpenAI's API mean, and of servers that speak like it."""

import re
from collections.abc import Mapping
from http import HTTPStatus as Status
from typing import Any

from vibes.generators.errors import (
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    Moderated,
    OutOfCredit,
    RateLimited,
)
from vibes.generators.hosted.http import Reply

_NO_CREDIT = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "project_spend_limit_exceeded",
        "quota_exceeded",
    }
)
"""Some of them come with the status of a rate limit, and waiting does not help."""
_MODERATED = frozenset({"moderation_blocked", "content_policy_violation"})
_ACCOUNT = frozenset(
    {Status.UNAUTHORIZED, Status.PAYMENT_REQUIRED, Status.FORBIDDEN, Status.NOT_FOUND, Status.METHOD_NOT_ALLOWED}
)
_UNCLEAR = frozenset({Status.REQUEST_TIMEOUT, Status.CONFLICT})
_MOST_TEXT = 300
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_PARTS = (3600.0, 60.0, 1.0, 0.001)


def failure(reply: Reply, value: Any, *, who: str) -> GeneratorError:
    """Why there is no picture, in words that begin with ``who`` answered. What a server answers that broke down, it may
    have drawn before."""
    code = code_of(value)
    text = f"{who} answered {reply.status}: {text_of(value) or reply.beginning}"
    if code in _NO_CREDIT:
        return OutOfCredit(text)
    if code in _MODERATED:
        return Moderated(text)
    if reply.broken or reply.good or reply.status in _UNCLEAR:
        return MaybePaid(text)
    if reply.status == Status.TOO_MANY_REQUESTS:
        return RateLimited(text, patience(reply))
    if reply.status == Status.UNAUTHORIZED:
        return Misconfigured(f"{text.rstrip('.')}: put the right OPENAI_API_KEY=… into the environment or into .env")
    return Misconfigured(text) if reply.status in _ACCOUNT or reply.redirects else InvalidInput(text)


def failure_in_stream(value: Any, *, who: str) -> GeneratorError:
    """What went wrong once it had begun."""
    text = f"{who} broke off: {text_of(value) or 'without a reason'}"
    return Moderated(text) if code_of(value) in _MODERATED else MaybePaid(text)


def code_of(value: Any) -> str | None:
    """Of the error; its type, where that is all there is."""
    error = _error(value)
    told = (error.get(name) for name in ("code", "type"))
    return next((each for each in told if isinstance(each, str) and each), None)


def text_of(value: Any) -> str:
    """For people, with the field that is wrong."""
    error = _error(value)
    message, field = error.get("message"), error.get("param")
    text = message if isinstance(message, str) else ""
    return (f"{field}: {text}" if isinstance(field, str) and field not in text else text)[:_MOST_TEXT]


def patience(reply: Reply) -> float | None:
    """Seconds until it makes sense to ask again; None: nobody says."""
    exact = reply.headers.get("retry-after-ms", "")
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", exact):
        return float(exact) / 1000
    told = reply.retry_after
    return seconds_in(reply.headers.get("x-ratelimit-reset-requests", "")) if told is None else told


def seconds_in(duration: str) -> float | None:
    """Such as ``1s``, ``6m0s`` or ``20ms``."""
    match = _DURATION.fullmatch(duration.strip())
    if match is None or not any(match.groups()):
        return None
    return sum(float(count) * size for count, size in zip(match.groups(), _PARTS, strict=True) if count)


def _error(value: Any) -> Mapping[str, Any]:
    error = value.get("error") if isinstance(value, Mapping) else None
    return error if isinstance(error, Mapping) else {"message": error} if isinstance(error, str) else {}
