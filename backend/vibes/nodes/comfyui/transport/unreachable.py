"""Why a node cannot be reached, as a sentence that names the node and what to do."""

import errno
import os
import re
import socket
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import BadHttpMessage

from vibes.domain.nodes.introduction import Unreached
from vibes.domain.nodes.node import NodeConfig
from vibes.nodes.comfyui.transport.tls import tls_problem

_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "the node hung up",
    errno.EPIPE: "the node hung up",
    errno.EHOSTUNREACH: "no way to that machine",
    errno.ENETUNREACH: "no way to that network",
    errno.ETIMEDOUT: "no answer from that machine",
}
_CAUSES = {
    errno.ECONNREFUSED: Unreached.REFUSED,
    errno.EHOSTUNREACH: Unreached.NO_ROUTE,
    errno.ENETUNREACH: Unreached.NO_ROUTE,
    errno.ETIMEDOUT: Unreached.SILENT,
}
_NUMBER = re.compile(r"\[Errno (\d+)\]")
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, socket.EAI_AGAIN, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


def not_reachable(node: NodeConfig, error: BaseException) -> str:
    """The sentence for a failure before anything was sent."""
    problem = tls_problem(error)
    where = f"ComfyUI on {node.name} is not reachable at {node.host}:{node.port}"
    if problem:
        return f"{where}: {problem}"
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"{where} (no connection in time): is the machine on, and does its firewall let the port through?"
    reason = in_words(error)
    if reason == _WORDS[errno.ECONNREFUSED]:
        return f"{where} ({reason}): is it running there, started with --listen?"
    return f"{where} ({reason}): check host and port in gpus.yaml, and that ComfyUI runs there with --listen"


def cause_of(error: BaseException) -> Unreached:
    """Why there was no answer, as a code."""
    if tls_problem(error):
        return Unreached.TLS
    causes = list(_causes(error))
    if any(isinstance(each, socket.gaierror | UnicodeError | aiohttp.InvalidURL) for each in causes):
        return Unreached.NO_NAME
    for cause in causes:
        if isinstance(cause, aiohttp.ClientResponseError | BadHttpMessage):
            return Unreached.OTHER_PROGRAM  # what it said is no HTTP
        if isinstance(cause, TimeoutError):
            return Unreached.SILENT
        number = cause.errno if isinstance(cause, OSError) else None
        told = _NUMBER.search(str(cause))  # several addresses of one name failed, told in one text
        number = number or (int(told[1]) if told else None)
        if number in _CAUSES:
            return _CAUSES[number]
    return Unreached.BROKEN


def in_words(error: BaseException) -> str:
    """The operating system's reason without its number; "" where there is none."""
    causes = list(_causes(error))
    for cause in causes:  # resolver errors first: errors that wrap one repeat its number, which is no errno
        if isinstance(cause, socket.gaierror):
            known = cause.errno not in _NO_SUCH_NAME
            return (cause.strerror or "").lower() if known else "no machine of that name is known"
    for cause in causes:
        if isinstance(cause, UnicodeError | aiohttp.InvalidURL):
            return "that is no host name"
        if isinstance(cause, OSError) and cause.errno:
            return _words(cause.errno)
        if number := _NUMBER.search(str(cause)):  # several addresses of one name failed, told in one text
            return _words(int(number[1]))
    return ""


def _words(number: int) -> str:
    return _WORDS.get(number) or os.strerror(number).lower()


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
