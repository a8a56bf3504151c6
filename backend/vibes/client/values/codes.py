"""What the hub's sentences mean to a program; a code that only a newer hub knows is left as its text."""

from typing import Annotated

from pydantic import Field

from vibes.domain.events import QueuedCause
from vibes.domain.reason import ReasonCode

Code = Annotated[ReasonCode | str, Field(union_mode="left_to_right")]
Cause = Annotated[QueuedCause | str, Field(union_mode="left_to_right")]
