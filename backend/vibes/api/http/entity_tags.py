"""Entity tags (RFC 9110) of things that count their versions."""

from vibes.domain.errors import InvalidRequest, Problem

_DIGITS = 18


def tag_of(version: int) -> str:
    return f'"{version}"'


def made_from(code: str) -> str:
    """What the OpenAPI document says of ``If-Match`` where a change of an older version is refused with this code."""
    return f"The ETag that the change was made from; 412 `{code}` when it is not the newest any more."


def version_in(if_match: str | None) -> int | None:
    """The version that a request was made from; None where it takes any. Raises InvalidRequest for what no answer of
    the hub ever said."""
    if if_match is None or if_match.strip() == "*":
        return None
    bare = if_match.strip().removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) <= _DIGITS):
        message = 'If-Match must be an ETag as the hub tells it, such as "3"'
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("If-Match", message)])
    return int(bare)
