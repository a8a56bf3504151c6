"""The input pictures that a node has from us, each brought once."""

import hashlib

from vibes.ports.nodes import GeneratorNode
from vibes.services.fleet.silence import Silence

REMEMBERED_UPLOADS = 1000


class NodeUploads:
    def __init__(self, client: GeneratorNode, silence: Silence) -> None:
        self._client = client
        self._silence = silence
        self._names: dict[str, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """What graphs call them."""
        return frozenset(self._names.values())

    def forget(self) -> None:
        """The node may have lost its input files: upload again next time."""
        self._names.clear()

    async def bring(self, image: bytes) -> str:
        """Put it there, once a content; answers the name that a graph uses."""
        digest = hashlib.sha256(image).hexdigest()
        name = self._names.get(digest)
        if name is None:
            with self._silence.question():
                name = self._names[digest] = await self._client.upload(f"{digest}.png", image)
            while len(self._names) > REMEMBERED_UPLOADS:
                del self._names[next(iter(self._names))]
        return name
