"""What several bodies share."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(rfc3339, return_type=str)]
"""RFC 3339, UTC, milliseconds."""


class RequestBody(BaseModel):
    """A body that a client sends: a field that is not known is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid", strict=False, str_strip_whitespace=False)

    @model_validator(mode="before")
    @classmethod
    def _not_crowded(cls, given: Any) -> Any:
        """Report thousands of unknown fields as one mistake."""
        most = len(cls.model_fields) + MAX_UNKNOWN_FIELDS
        if isinstance(given, dict) and len(given) > most:
            raise ValueError(f"{len(given)} fields are more than there are")
        return given


SHOWN_PROMPT = 500
"""Characters of a prompt in lists of up to a thousand lines; the generation has all of it."""
MAX_UNKNOWN_FIELDS = 20
MAX_WORD = 1024
"""Characters of an id or a name; model files may be in deep folders."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Word = Annotated[str, Field(max_length=MAX_WORD)]
NonBlank = Annotated[Word, AfterValidator(_not_blank)]


def at_most(count: int) -> BeforeValidator:
    """For lists and objects: longer ones are refused as a whole, before any item is checked."""

    def check(value: Any) -> Any:
        if isinstance(value, list | dict) and len(value) > count:
            raise ValueError(f"may hold {count:,}, not {len(value):,}")
        return value

    return BeforeValidator(check)
