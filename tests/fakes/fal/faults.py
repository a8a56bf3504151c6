"""What becomes of one submission to the fake fal, and the errors that fal documents, word for word."""

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
    """How a submission fares. Every look at it moves it one step on, unless it is held."""

    refused: Answer | None = None
    """The submission itself gets this, and nothing runs."""
    silent: bool = False
    """It is taken, and the connection cut before the answer."""
    held: bool = False
    """It is taken, and the answer waits until the fake is released."""
    unheard: bool = False
    """The connection is cut before it is taken: nothing runs."""
    waits: int = 3
    """Looks that find it in the queue, at positions down to 0."""
    runs: int = 1
    """Looks that find it running."""
    logs: tuple[str, ...] = ()
    """What the looks that find it running are told."""
    holds: str | None = None
    """Stays in this state, ``IN_QUEUE`` or ``IN_PROGRESS``, until it is cancelled or let go."""
    error: tuple[str, str] | None = None
    """Text and type that its last status tells."""
    result: Answer | None = None
    """In place of the model's own answer."""
    flagged: bool = False
    """The safety checker's word: the picture is black."""
    heeds_cancel: bool = True
    """Whether it stops when it is cancelled while it runs: the app decides."""
    forgotten_when_cancelled: bool = False
    """Whether a request cancelled in the queue is unknown from then on, or ends as cancelled."""
    media: str = "whole"
    """Its picture: ``whole``, ``cut`` or ``stuck`` half-way, ``moved`` elsewhere, ``gone`` or ``endless``."""
    image_key: str = "url"
    """Some workflows' answers say ``image_output``."""
    expires: bool = False
    """Its result is no longer kept when it is asked for."""


def platform_error(status: int, kind: str, text: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"detail": text, "error_type": kind}, {"X-Fal-Error-Type": kind, **named})


def model_error(kind: str, text: str, *place: str, status: int = 422, retryable: bool | None = None) -> Answer:
    """As the models' own validation writes it."""
    problem: dict[str, Any] = {
        "loc": ["body", *place],
        "msg": text,
        "type": kind,
        "url": f"https://docs.fal.ai/errors#{kind}",
        "ctx": {},
        "input": None,
    }
    headers = {} if retryable is None else {"X-Fal-Retryable": str(retryable).lower()}
    return Answer(status, {"detail": [problem]}, headers)


BAD_KEY = Answer(401, {"detail": "Authentication is required to access this application"})
LOCKED = Answer(
    403, {"detail": "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."}
)
NOT_ALLOWED = Answer(403, {"detail": "Access denied to this application"})
NO_SUCH_APP = Answer(404, {"detail": "Application not found"})
TOO_MANY = Answer(429, {"detail": "Too many requests"}, {"Retry-After": "7"})
PLAIN_422 = Answer(422, {"detail": "the prompt could not be read"})
START_TIMEOUT = platform_error(504, "request_timeout", "Request timed out", X_Fal_Request_Timeout_Type="user")
NO_RUNNER = platform_error(503, "runner_scheduling_failure", "No runner could be scheduled")
RUNNER_ERROR = platform_error(500, "runner_server_error", "The runner broke")
CANCELLED = platform_error(499, "client_cancelled", "Request was cancelled")
BAD_REQUEST = platform_error(400, "bad_request", "Request body is not JSON")
GATEWAY = Answer(502, "<html><center>nginx</center></html>")
EXPIRED = Answer(404, {"detail": "Request not found"})
PROHIBITED = model_error("content_policy_violation", "The content could not be processed.", "prompt")
TOO_SMALL = model_error("image_too_small", "The image is too small", "image_url")
SLOW_MODEL = model_error("generation_timeout", "The model took too long", status=504, retryable=True)
