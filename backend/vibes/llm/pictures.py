"""Pictures as language models take them."""

from base64 import b64encode

_SIGNATURES = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"), (b"GIF8", "image/gif"))


def in_base64(picture: bytes) -> str:
    return b64encode(picture).decode("ascii")


def data_uri(picture: bytes) -> str:
    """Addresses of pictures are followed by no local server, so they are sent whole."""
    media_type = next((name for start, name in _SIGNATURES if picture.startswith(start)), "application/octet-stream")
    return f"data:{media_type};base64,{in_base64(picture)}"
