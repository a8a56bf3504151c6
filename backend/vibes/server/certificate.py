"""The hub's own certificate: proven against its key before it is used, and taken anew when it was renewed."""

import asyncio
import logging
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

FOLLOW_SECONDS = 15.0
"""Between two looks at the files."""
TOLD_EVERY_SECONDS = 24 * 3600.0
"""A certificate that browsers refuse is told again after so long."""

_BEGIN = b"-----BEGIN CERTIFICATE-----"
_FLIGHTS = 4
"""Messages of a TLS handshake each way, at most."""

logger = logging.getLogger(__name__)


class BadCertificate(Exception):
    """Says which file cannot be used, and what to do."""


class OwnCertificate:
    """``context`` is what a listener speaks TLS with; `follow` gives it a renewed pair, for all connections from then
    on."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        """``key``: None where it stands in the same file. Raises BadCertificate."""
        self._certificate = certificate
        self._key = key
        self._stamp = self._look()
        prove(certificate, key)
        self.context = _context(certificate, key)

    async def follow(self) -> None:
        """For ever. Whatever is wrong with the new files is told, and the pair before them stays in force."""
        while True:
            self.tell()
            for _ in range(int(TOLD_EVERY_SECONDS / FOLLOW_SECONDS)):
                await asyncio.sleep(FOLLOW_SECONDS)
                self.renew()

    def renew(self) -> None:
        """Take the files as they are now, if they have changed."""
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            prove(self._certificate, self._key)
            self.context.load_cert_chain(self._certificate, self._key, password=_no_password)
        except (BadCertificate, OSError) as error:
            logger.warning("the earlier certificate stays in force: %s", error)
        else:
            logger.info("%s was renewed", self._certificate)
            self.tell()

    def tell(self) -> None:
        """Say in the log why browsers refuse it, if they do."""
        with suppress(OSError):
            refused = _shown(self._certificate, self.context).refused
            if refused:
                logger.warning("browsers refuse the certificate %s: %s", self._certificate, refused)

    def _look(self) -> list[tuple[int, int, int] | None]:
        return [_stamp(path) for path in (self._certificate, self._key) if path is not None]


def prove(certificate: Path, key: Path | None) -> None:
    """Raises BadCertificate for files that are no certificate with its key."""
    pem = _read(certificate)
    if key is not None:
        _read(key)
    try:
        _context(certificate, key)
    except ssl.SSLError as error:
        raise BadCertificate(_advice(certificate, key, pem, error)) from error
    except OSError as error:
        raise BadCertificate(f"{key or certificate} cannot be used: {error}") from error


@dataclass(frozen=True, slots=True)
class Shown:
    """What whoever trusts this very certificate makes of it."""

    refused: str | None
    """Why it is refused all the same, such as that it has expired; None when nobody has a reason."""
    until: datetime | None
    """When it expires, where it is not refused."""


def looked_at(certificate: Path, key: Path | None) -> Shown:
    """Raises BadCertificate for files that are no certificate with its key."""
    prove(certificate, key)
    try:
        return _shown(certificate, _context(certificate, key))
    except OSError as error:
        raise BadCertificate(f"{certificate} cannot be used: {error}") from error


def _shown(certificate: Path, context: ssl.SSLContext) -> Shown:
    """Two sides speak TLS in memory, for Python reads no dates out of a certificate."""
    browser = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    browser.check_hostname = False
    browser.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    browser.load_verify_locations(cafile=certificate)
    to_browser, to_hub = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (browser.wrap_bio(to_browser, to_hub), context.wrap_bio(to_hub, to_browser, server_side=True))
    try:
        for _ in range(_FLIGHTS):
            for side in sides:
                with suppress(ssl.SSLWantReadError):
                    side.do_handshake()
    except ssl.SSLCertVerificationError as error:
        return Shown(error.verify_message, None)
    until = (sides[0].getpeercert() or {}).get("notAfter")
    moment = ssl.cert_time_to_seconds(until) if isinstance(until, str) else None
    return Shown(None, None if moment is None else datetime.fromtimestamp(moment, UTC))


def _context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key, password=_no_password)
    return context


def _no_password() -> str:
    """Prevents OpenSSL from asking for one on the terminal."""
    return ""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadCertificate(f"there is no file {path}") from None
    except OSError as error:
        raise BadCertificate(f"{path} cannot be read: {error.strerror}") from error


def _advice(certificate: Path, key: Path | None, pem: bytes, error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"{key or certificate} is not the key of the first certificate in {certificate}"
    if _BEGIN not in pem:
        return f"{certificate} holds no certificate in PEM form, which begins with {_BEGIN.decode()}"
    if key is None:
        return f"{certificate} holds no private key without a password: name its file with --tls-key"
    return f"{key} holds no private key in PEM form, or one with a password, which nobody could type"


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Of the file that a link leads to, for that is how renewals are put in place."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
