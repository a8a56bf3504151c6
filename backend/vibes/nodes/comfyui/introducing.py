"""Asks whoever listens at an address whether it is a ComfyUI, and which."""

from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from vibes.domain.errors import NodeError, NodeMisbehaved
from vibes.domain.nodes.introduction import Introduction, NotReached, Unreached
from vibes.nodes.comfyui.reading.replies import parse_introduction
from vibes.nodes.comfyui.transport.http import NodeHttp, Reply
from vibes.nodes.comfyui.transport.unreachable import cause_of

_FORBIDDEN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}


async def introduce(http: NodeHttp, within: float) -> Introduction | NotReached:
    """One question, which changes nothing there; ``within`` seconds."""
    try:
        reply = await http.get("/system_stats", within=within)
    except NodeMisbehaved as error:  # it redirects, or says more than any ComfyUI does
        return NotReached(Unreached.OTHER_PROGRAM, error.message)
    except NodeError as error:
        return NotReached(cause_of(error), error.message)
    try:
        return parse_introduction(reply.expect_ok().json(), _date(reply))
    except NodeMisbehaved as error:
        return NotReached(Unreached.FORBIDDEN if reply.status in _FORBIDDEN else Unreached.OTHER_PROGRAM, error.message)


def _date(reply: Reply) -> datetime | None:
    with suppress(ValueError):
        told = parsedate_to_datetime(reply.date)
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    return None
