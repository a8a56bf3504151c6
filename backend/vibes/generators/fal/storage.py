"""Pictures that a request starts from, brought to fal, where the models fetch them."""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from vibes.generators.errors import Unavailable
from vibes.generators.fal.config import FalConfig
from vibes.generators.fal.failures import of_look
from vibes.generators.fal.queue import key_header
from vibes.generators.given import data_uri, media_type_of
from vibes.generators.hosted.http import Connections, NoAnswer, NotSent
from vibes.generators.hosted.pictures import is_web

_REMEMBERED = 100
"""Uploaded pictures whose addresses are used again."""
_SAFETY_SECONDS = 300
"""An address is not used any more so long before its file goes: a request may wait for a while."""


class FalStorage:
    """Uploading costs nothing, so it is tried in both of fal's ways. An equal picture is uploaded once."""

    def __init__(self, config: FalConfig, connections: Connections) -> None:
        self._config = config
        self._connections = connections
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()
        """By SHA-256 of the picture: its address, and until when by the loop's clock."""

    async def address_of(self, picture: bytes) -> str:
        """Where a model can read it; the picture itself, as a data URI, where it is to travel within the request.
        Raises a GeneratorError; nothing was drawn then."""
        if self._config.upload == "inline":
            return await asyncio.to_thread(data_uri, picture)
        media_type = media_type_of(picture)
        digest = hashlib.sha256(picture).hexdigest()
        now = asyncio.get_running_loop().time()
        address, until = self._known.get(digest, ("", 0.0))
        if now >= until:
            address = await self._upload(picture, media_type)
            self._known[digest] = address, now + self._config.keep_seconds - _SAFETY_SECONDS
            self._known.move_to_end(digest)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return address

    async def check(self) -> None:
        """That the key is taken, without any cost; raises a GeneratorError where it is not."""
        await self._token()

    async def _upload(self, picture: bytes, media_type: str) -> str:
        try:
            return await self._to_cdn(picture, media_type)
        except Unavailable:
            return await self._to_bucket(picture, media_type)

    async def _to_cdn(self, picture: bytes, media_type: str) -> str:
        told = await self._token()
        headers = {
            "Authorization": f"{told.get('token_type', '')} {told.get('token', '')}",
            "Content-Type": media_type,
            "X-Fal-File-Name": _name(media_type),
            "X-Fal-Object-Lifecycle": self._lifecycle,
        }
        there = f"{self._address(told, 'base_url')}/files/upload"
        answer = await self._ask("POST", there, headers=headers, content=picture)
        return self._address(answer, "access_url")

    async def _token(self) -> Mapping[str, Any]:
        """For one upload. Tells whether the key is good, too."""
        url = f"{self._config.rest_url}/storage/auth/token"
        return await self._ask(
            "POST", url, params={"storage_type": "fal-cdn-v3"}, headers=key_header(self._config), json={}
        )

    async def _to_bucket(self, picture: bytes, media_type: str) -> str:
        """The bucket is another company's, and its address says that one may: it gets no key."""
        url = f"{self._config.rest_url}/storage/upload/initiate"
        headers = {**key_header(self._config), "X-Fal-Object-Lifecycle-Preference": self._lifecycle}
        asked = {"file_name": _name(media_type), "content_type": media_type}
        told = await self._ask("POST", url, params={"storage_type": "gcs"}, headers=headers, json=asked)
        there = self._address(told, "upload_url")
        await self._ask("PUT", there, headers={"Content-Type": media_type}, content=picture)
        return self._address(told, "file_url")

    def _address(self, told: Mapping[str, Any], name: str) -> str:
        """Beside fal's own kind of address none: the hub's own network has http."""
        address = told.get(name)
        if not isinstance(address, str) or not is_web(address, plain=self._config.rest_url.startswith("http://")):
            raise Unavailable(f"fal's storage told no {name}")
        return address

    @property
    def _lifecycle(self) -> str:
        return json.dumps({"expiration_duration_seconds": self._config.keep_seconds})

    async def _ask(self, method: str, url: str, **request: Any) -> Mapping[str, Any]:
        try:
            reply = await self._connections.ask(method, url, self._config.download, **request)
        except (NotSent, NoAnswer) as error:
            raise Unavailable(f"fal's storage cannot be reached: {error}") from error
        value = await reply.value()
        refusal = of_look(reply, value)
        if refusal is not None:
            raise refusal
        return value if isinstance(value, Mapping) else {}


def _name(media_type: str) -> str:
    return f"input.{media_type.partition('/')[2]}"
