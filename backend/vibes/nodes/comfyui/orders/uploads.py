"""The input images that a ComfyUI has from us, by what graphs call them."""

from vibes.ports.orders import InputImage

REMEMBERED_UPLOADS = 1000
"""More are uploaded again when they are needed, the oldest first."""


class Uploads:
    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """What graphs call them."""
        return frozenset(self._names.values())

    def name_of(self, image: InputImage) -> str | None:
        """None while it was not put there."""
        return self._names.get(image.digest)

    def note(self, image: InputImage, name: str) -> None:
        """It is there now, under this name."""
        self._names[image.digest] = name
        while len(self._names) > REMEMBERED_UPLOADS:
            del self._names[next(iter(self._names))]

    def forget(self) -> None:
        """The node may have lost its input files: upload again next time."""
        self._names.clear()
