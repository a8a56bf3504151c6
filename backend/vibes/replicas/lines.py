"""How a replica speaks with another one: no cookies, no redirects, no proxies, and certificates that are checked."""

import logging
import ssl
from contextlib import suppress
from pathlib import Path

import aiohttp

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
_NO_OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Lines:
    """``certificate``: that of this replica, if it has one: another one may have the same, whoever has signed it. All
    others are trusted as OpenSSL does, which also means the authorities in the file that ``SSL_CERT_FILE`` names."""

    def __init__(self, certificate: Path | None = None) -> None:
        """Reads the file."""
        self._certificate = certificate
        self._context = ssl.create_default_context()
        # a certificate that somebody else has signed counts by itself, without the authority behind it
        self._context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        self._told: set[str] = set()
        self._trust_own()

    def session(self, *, kept: bool = True) -> aiohttp.ClientSession:
        """``kept``: connections are used again."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=not kept, ssl=self._context),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NO_OWN_HEADERS,
            trust_env=False,
        )

    def refused(self, address: str, error: aiohttp.ClientConnectorError | aiohttp.ClientSSLError) -> None:
        """The certificate there is not trusted. Where it is this replica's own that was renewed, the next try succeeds;
        otherwise a person has to do something, and is told once."""
        self._trust_own()
        if address not in self._told:
            self._told.add(address)
            logger.warning(
                "the certificate of the hub at %s is not trusted (%s): give all hubs the same one, or name the file of "
                "the authority that signs them in SSL_CERT_FILE; see also that it is called by a name of its "
                "certificate (--advertise)",
                address,
                error,
            )

    def _trust_own(self) -> None:
        if self._certificate is not None:
            with suppress(OSError):  # in the middle of a renewal; ssl's own errors are of that kind, too
                self._context.load_verify_locations(self._certificate)
