"""Serves an application below a path, such as ``/studio`` of a machine whose ``/`` is something else's."""

import json
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

MOVED = 308
"""The method stays, and a browser remembers."""


def below(prefix: str, app: ASGIApp) -> ASGIApp:
    """The application itself for an empty prefix.

    Its own paths stay as they are, whether a proxy passes the prefix on or takes it away; and it is still reached
    without it. ``base_url`` of a request has it. The prefix itself leads to its slash, so that what a page names beside
    itself is found.
    """
    return _Below(prefix, app) if prefix else app


class _Below:
    def __init__(self, prefix: str, app: ASGIApp) -> None:
        self._prefix = prefix
        self._raw = prefix.encode()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["path"] == self._prefix and scope["type"] == "http":
            await _move(f"{self._prefix}/", scope, send)
        else:
            await self._app({**scope, **self._without(scope)}, receive, send)

    def _without(self, scope: Scope) -> dict[str, Any]:
        path, raw = scope["path"], scope.get("raw_path") or scope["path"].encode()
        while path.startswith(f"{self._prefix}/"):  # more than once where a program joins it to a path that has it
            path, raw = path.removeprefix(self._prefix), raw.removeprefix(self._raw)
        return {"path": path, "raw_path": raw, "app_root_path": self._prefix}


async def _move(path: str, scope: Scope, send: Send) -> None:
    query = scope["query_string"]
    target = path.encode() + (b"?" + query if query else b"")
    body = json.dumps({"detail": f"this is at {path}"}).encode()
    headers = {b"location": target, b"content-length": b"%d" % len(body), b"content-type": b"application/json"}
    await send({"type": "http.response.start", "status": MOVED, "headers": [*headers.items()]})
    await send({"type": "http.response.body", "body": body})
