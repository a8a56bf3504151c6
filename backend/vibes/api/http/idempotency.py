"""The header ``Idempotency-Key`` and the hash of the request that it belongs to."""

import json
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from vibes.services.generations.idempotency import IdempotencyKey

IdempotencyHeader = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="Sent again, it answers with what the first one made."),
]


def idempotency_of(header: str | None, path: str, body: BaseModel) -> IdempotencyKey | None:
    """The key, with a hash that is equal for bodies that mean the same, however they are written."""
    if not header:
        return None
    content = json.dumps([path, body.model_dump(mode="json", by_alias=True)], sort_keys=True)
    return IdempotencyKey.of(header, content)
