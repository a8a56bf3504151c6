"""A request that is sent twice with one key gets the result of the first."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from vibes.domain.errors import Conflict, InvalidRequest
from vibes.ports.storage import KEY_USED_MEANWHILE

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key and the hash of the request."""

    key: str
    body_sha256: str

    @classmethod
    def of(cls, key: str, content: str) -> "IdempotencyKey":
        """``content``: the request as text, equal for equal requests."""
        return cls(key, hashlib.sha256(content.encode()).hexdigest())

    def require_same_body(self, body_sha256: str) -> None:
        """Raises InvalidRequest, ``idempotency_key_reused``, when the key belongs to another request."""
        if body_sha256 != self.body_sha256:
            raise InvalidRequest(
                "this Idempotency-Key was used with another body; use a new key for a new request",
                code="idempotency_key_reused",
            )


async def made_once(what: str, find: Callable[[], Awaitable[T | None]], make: Callable[[], Awaitable[T]]) -> T:
    """The key's result, made now unless it exists; of two at the same time one makes it and both get it.

    ``make`` raises Conflict, `KEY_USED_MEANWHILE`, when another was faster. Raises Conflict, ``key_gone``, when the
    other one's result was deleted at once.
    """
    found = await find()
    if found is not None:
        return found
    try:
        return await make()
    except Conflict as error:
        if error.code != KEY_USED_MEANWHILE:
            raise
    found = await find()
    if found is None:
        raise Conflict(f"the {what} of this Idempotency-Key was just deleted; use a new key", code="key_gone")
    return found
