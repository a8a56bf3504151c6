"""fal's queue: submit once, look, fetch the result, cancel. The key goes to the configured address and nowhere else."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vibes.generators.errors import MaybePaid, Unavailable
from vibes.generators.fal.answers import Accepted, accepted
from vibes.generators.fal.config import FalConfig
from vibes.generators.fal.failures import of_submission
from vibes.generators.hosted.http import Connections, Limits, NoAnswer, NotSent, Reply

_MOST_RESULT = 100 * 1024**2
"""Bytes of a result: it can hold its picture itself."""


class FalQueue:
    """``fresh``: connections for what costs money; ``kept``: for the rest."""

    def __init__(self, config: FalConfig, endpoint: str, fresh: Connections, kept: Connections) -> None:
        self._config = config
        self._endpoint = endpoint
        self._fresh = fresh
        self._kept = kept

    async def submit(self, arguments: Mapping[str, Any]) -> Accepted:
        """Queue one run, which is paid for. Never repeated. Raises the errors of `of_submission`, Unavailable where it
        provably never arrived, and MaybePaid where it may have."""
        try:
            reply = await self._fresh.ask(
                "POST",
                f"{self._config.queue_url}/{self._endpoint}",
                self._config.question,
                headers={**self._key(), **submission_headers(self._config)},
                json=dict(arguments),
            )
        except NotSent as error:
            raise Unavailable(f"fal cannot be reached: {error}") from error
        except NoAnswer as error:
            raise MaybePaid(f"fal may have taken it: {error}") from error
        value = await reply.value()
        taken = accepted(value) if reply.good else None
        if taken is None:
            raise of_submission(reply, value)
        return taken

    async def status(self, request: Accepted) -> Reply:
        """Raises NotSent or NoAnswer, as all that follow."""
        return await self._ask("GET", request.status_url, self._config.question, params={"logs": "1"})

    async def result(self, request: Accepted) -> Reply:
        limits = Limits(seconds=self._config.download_seconds, most_bytes=_MOST_RESULT)
        return await self._ask("GET", request.response_url, limits)

    async def cancel(self, request: Accepted) -> Reply:
        return await self._ask("PUT", request.cancel_url, self._config.question)

    async def _ask(self, method: str, url: str, limits: Limits, **request: Any) -> Reply:
        return await self._kept.ask(
            method, at_home(url, self._config.queue_url), limits, headers=self._key(), **request
        )

    def _key(self) -> dict[str, str]:
        return key_header(self._config)


def key_header(config: FalConfig) -> dict[str, str]:
    return {"Authorization": f"Key {config.key}"}


def submission_headers(config: FalConfig) -> dict[str, str]:
    """How long it may wait, who may begin anew, and how long its pictures are kept."""
    lifecycle = json.dumps({"expiration_duration_seconds": config.keep_seconds})
    headers = {
        "X-Fal-Request-Start-Timeout": f"{config.start_timeout_seconds:g}",
        "X-Fal-Queue-Priority": config.priority,
        "X-Fal-Object-Lifecycle-Preference": lifecycle,
    }
    return headers if config.platform_retries else {**headers, "X-Fal-No-Retry": "1"}


def at_home(url: str, base: str) -> str:
    """The path that fal named, at the configured address: an answer cannot send the key elsewhere. Raises ValueError
    for what is no address."""
    path = f"/{urlsplit(url).path.lstrip('/')}"  # without the slash it would go on with the name of the host
    prefix = urlsplit(base).path
    return base.removesuffix(prefix) + path if prefix and path.startswith(f"{prefix}/") else f"{base}{path}"
