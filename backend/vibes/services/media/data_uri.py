"""Reads pictures from data URIs (RFC 2397) in requests, in all forms that people and programs write."""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_START = re.compile(r"\s*data:", re.IGNORECASE)
_WHITE = re.compile(rb"\s+")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class NoDataUri(Exception):
    """A data URI from which no bytes can be read; the text says why."""


def is_data_uri(text: str) -> bool:
    return _START.match(text) is not None


def bytes_of(uri: str) -> bytes:
    """The content of a base64 data URI; its media type is ignored, since the content tells.

    White space and line breaks are ignored (RFC 2045, 6.8), the scheme and ``base64`` have no case (RFC 3986, 3.1),
    both alphabets (RFC 4648, 4 and 5) and percent-encoding are read, padding may be missing. Raises NoDataUri.
    """
    head, comma, payload = uri.partition(",")
    words = [word.strip().lower() for word in head.partition(":")[2].split(";")]
    if not comma or "base64" not in words[1:]:
        raise NoDataUri("a data URI must hold base64: data:image/png;base64,…")
    encoded = unquote_to_bytes(payload) if "%" in payload else payload.encode("utf-8", "replace")
    encoded = _WHITE.sub(b"", encoded).translate(_URL_SAFE).rstrip(b"=")
    try:
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except binascii.Error as error:
        raise NoDataUri(f"the data URI is no base64: {error}") from error
