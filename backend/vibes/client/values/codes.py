"""Codes for programs beside the hub's sentences; a code of a newer hub is kept as its text."""

from typing import Annotated

from pydantic import Field

from vibes.domain.events import QueuedCause
from vibes.domain.reason import ReasonCode

Code = Annotated[ReasonCode | str, Field(union_mode="left_to_right")]
Cause = Annotated[QueuedCause | str, Field(union_mode="left_to_right")]
