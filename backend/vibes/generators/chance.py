"""What is drawn by chance where nobody says it: the ids of requests, and seeds."""

import secrets
from uuid import uuid4

MOST_SEED = 2**32 - 1
"""Every known model takes seeds up to here."""


def new_request_id() -> str:
    return uuid4().hex


def new_seed() -> int:
    """0 to 2**32 - 1, uniformly."""
    return secrets.randbelow(MOST_SEED + 1)
