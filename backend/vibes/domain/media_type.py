"""What files the hub keeps and serves: nothing that a browser could run, and each under a suffix of its own."""

from enum import StrEnum


class MediaType(StrEnum):
    """As HTTP names it."""

    PNG = "image/png"
    """Animated ones too: who knows no animation shows their first picture."""
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    GIF = "image/gif"
    MP4 = "video/mp4"
    WEBM = "video/webm"

    @property
    def suffix(self) -> str:
        """Of a file's name, with its dot."""
        return _SUFFIXES[self]

    @property
    def is_video(self) -> bool:
        """Whether it takes a player to be seen."""
        return self.value.startswith("video/")


_SUFFIXES = {
    MediaType.PNG: ".png",
    MediaType.JPEG: ".jpg",
    MediaType.WEBP: ".webp",
    MediaType.GIF: ".gif",
    MediaType.MP4: ".mp4",
    MediaType.WEBM: ".webm",
}
