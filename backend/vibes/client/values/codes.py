"""Values for programs of which a newer hub may have more: one that this client does not know is kept as its text."""

from typing import Annotated

from pydantic import Field

from vibes.domain.doctor.finding import Area, State
from vibes.domain.events import QueuedCause
from vibes.domain.pictures.file_kind import FileKind
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.reason import ReasonCode

Code = Annotated[ReasonCode | str, Field(union_mode="left_to_right")]
Cause = Annotated[QueuedCause | str, Field(union_mode="left_to_right")]
Media = Annotated[MediaType | str, Field(union_mode="left_to_right")]
FindingState = Annotated[State | str, Field(union_mode="left_to_right")]
FindingArea = Annotated[Area | str, Field(union_mode="left_to_right")]
UsedFile = Annotated[FileKind | str, Field(union_mode="left_to_right")]
