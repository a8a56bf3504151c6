"""What becomes of one request to the fake OpenAI, and the errors that OpenAI documents, word for word."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with its body and headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a request fares."""

    refused: Answer | None = None
    """Gets this before anything is drawn."""
    fails_after: Answer | None = None
    """Gets this once it is drawn, and billed."""
    unheard: bool = False
    """The connection is cut before anything is drawn."""
    silent: bool = False
    """It is drawn, and the connection cut before the answer."""
    hangs: bool = False
    """It is drawn, and the answer waits until the fake is released."""
    partials: int | None = None
    """So many partial images come in a stream; None: as many as were asked for."""
    spoilt_partials: bool = False
    """They are no pictures."""
    stream_error: Any = None
    """The stream tells this instead of the picture."""
    cut_after_partials: bool = False
    """The stream ends before the picture."""
    as_url: bool = False
    """The picture is an address and not in the answer itself."""
    picture: str | None = None
    """This text in place of the picture in base64."""
    usage: bool = True


def refusal(status: int, kind: str, code: str | None, text: str, param: str | None = None, **headers: str) -> Answer:
    """As the API writes it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": {"message": text, "type": kind, "param": param, "code": code}}, named)


BAD_KEY = refusal(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-****cret.")
NOT_VERIFIED = refusal(403, "invalid_request_error", None, "Your organization must be verified to use the model.")
MODERATED = refusal(
    400,
    "image_generation_user_error",
    "moderation_blocked",
    "Your request was rejected by the safety system. safety_violations=[violence].",
)
RATE_LIMITED = refusal(
    429, "requests", "rate_limit_exceeded", "Rate limit reached for images per min: Limit 5.", Retry_After="12"
)
RATE_LIMITED_MS = refusal(429, "requests", "rate_limit_exceeded", "Rate limit reached.", retry_after_ms="1500")
RATE_LIMITED_RESET = refusal(
    429, "requests", "rate_limit_exceeded", "Rate limit reached.", x_ratelimit_reset_requests="6m0s"
)
RATE_LIMITED_BARE = refusal(429, "requests", "rate_limit_exceeded", "Rate limit reached.")
NO_QUOTA = refusal(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota.")
HARD_LIMIT = refusal(429, "insufficient_quota", "billing_hard_limit_reached", "Billing hard limit has been reached.")
SPEND_LIMIT = refusal(429, "insufficient_quota", "project_spend_limit_exceeded", "The project's limit is reached.")
SERVER_ERROR = refusal(500, "server_error", None, "The server had an error while processing your request.")
OVERLOADED = Answer(503, "<html>Service Unavailable</html>")
