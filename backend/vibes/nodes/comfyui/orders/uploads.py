"""The input images that the hub has put on a ComfyUI, by their names in graphs."""

from vibes.ports.orders import InputImage

REMEMBERED_UPLOADS = 1000
"""Uploads remembered; the oldest of more are uploaded again when needed."""


class Uploads:
    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """Their names in graphs."""
        return frozenset(self._names.values())

    def name_of(self, image: InputImage) -> str | None:
        """None when it was not uploaded."""
        return self._names.get(image.digest)

    def note(self, image: InputImage, name: str) -> None:
        """It was uploaded under this name."""
        self._names[image.digest] = name
        while len(self._names) > REMEMBERED_UPLOADS:
            del self._names[next(iter(self._names))]

    def forget(self) -> None:
        """The node may have lost its input files: upload them again when needed."""
        self._names.clear()
