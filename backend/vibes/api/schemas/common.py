"""What all bodies share."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]
"""RFC 3339, UTC, milliseconds."""


class RequestBody(BaseModel):
    """A body that a client sends: a field that is not known is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid", strict=False, str_strip_whitespace=False)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


NonBlank = Annotated[str, AfterValidator(_not_blank)]
