"""What went wrong with S3, as sentences with advice; none of them holds a key."""

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from vibes.domain.errors import StorageUnavailable

_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_REGION = re.compile(r"<(?:Region|LocationConstraint)>([\w-]+)</")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bucket is, in words: ``server`` is its address, or Amazon."""

    bucket: str
    server: str

    def __str__(self) -> str:
        return f"the bucket {self.bucket} of {self.server}"


def unavailable(error: BaseException, place: Place, doing: str) -> StorageUnavailable:
    """``doing``: what failed, the beginning of the sentence: ``could not be written to``."""
    return StorageUnavailable(f"{doing} {place}: {_reason(error, place)}")


def is_missing(error: BaseException) -> bool:
    """Whether it only says that there is no such object; a bucket that does not exist is no missing object."""
    return isinstance(error, FileNotFoundError) and _code(str(error)) != "NoSuchBucket"


def is_behind_the_end(error: BaseException) -> bool:
    """Whether a part was asked for that begins where the object ends."""
    return _status(str(error)) == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


def knows_no_conditions(error: BaseException) -> bool:
    """Whether the server cannot write on the condition that there is nothing yet."""
    return _status(str(error)) == HTTPStatus.NOT_IMPLEMENTED


def _reason(error: BaseException, place: Place) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer. Is the server overloaded, or the network slow?"
    text = str(error)
    code = _code(text)
    if code in _ADVICE:
        return _ADVICE[code].format(bucket=place.bucket, server=place.server, region=_region(text))
    if "169.254.169.254" in text or "InstanceMetadata" in text:
        return _NO_KEY
    return _of_the_line(text, place)


def _of_the_line(text: str, place: Place) -> str:
    status, lowered = _status(text), text.lower()
    if status is not None:
        return _of_status(status, _code(text), place)
    if "certificate" in lowered:
        return f"the certificate of {place.server} is not trusted. Name its authority's file in VIBES_MEDIA_CA"
    if "dns error" in lowered or "failed to lookup" in lowered:
        return f"the name of {place.server} is not known. Is VIBES_MEDIA_ENDPOINT right?"
    if "error sending request" in lowered or "HTTP error" in text:
        return f"{place.server} does not answer. Is it running, and does the firewall let its port through?"
    return text.partition("\n")[0]


def _of_status(status: int, code: str | None, place: Place) -> str:
    match status:
        case 301 | 307 | 400:
            return f"it answers {status}. Is VIBES_MEDIA_REGION that of the bucket?"
        case 401 | 403:
            return "access is refused. May the key read, write, list and delete there?"
        case 404:
            return _ADVICE["NoSuchBucket"].format(bucket=place.bucket)
    return f"the server answers {status}{f' ({code})' if code else ''}"


def _code(text: str) -> str | None:
    found = _CODE.search(text)
    return found[1] if found else None


def _status(text: str) -> int | None:
    found = _STATUS.search(text)
    return int(found[1]) if found else None


def _region(text: str) -> str:
    found = _REGION.search(text)
    return found[1] if found else "another one"


def seconds_of(modified: datetime) -> float:
    """Seconds since 1970. S3 tells whole seconds: the end of that second, so that nothing seems older than it is."""
    return modified.replace(microsecond=0).timestamp() + 0.999


_NO_KEY = "there is no key. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_WRONG_KEY = "the server does not take the key. Are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY those of {server}?"
_ADVICE = {
    "AccessDenied": "access is refused. May the key read, write, list and delete in the bucket {bucket}?",
    "AuthorizationHeaderMalformed": "the bucket is in the region {region}. Set VIBES_MEDIA_REGION to it",
    "EntityTooLarge": "the server takes no file of that size",
    "ExpiredToken": "the key has expired. Set a new one",
    "InvalidAccessKeyId": _WRONG_KEY,
    "InvalidToken": "the session's token is not taken. Set AWS_SESSION_TOKEN anew, or take it away",
    "NoSuchBucket": "there is no bucket {bucket}. Create it, or write its name right in VIBES_MEDIA",
    "PermanentRedirect": "the bucket is in another region. Set VIBES_MEDIA_REGION to it",
    "QuotaExceeded": "the bucket is full. Delete something, or raise its quota",
    "RequestTimeTooSkewed": "this machine's clock is wrong by more than 15 minutes. Set it right",
    "SignatureDoesNotMatch": _WRONG_KEY,
    "SlowDown": "the server wants fewer requests. It is asked again",
    "TokenRefreshRequired": "the key has expired. Set a new one",
    "XMinioStorageFull": "the server's disks are full. Free some space there",
}
