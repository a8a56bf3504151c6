"""How a replica speaks with another one: no cookies, no redirects, no proxies, and certificates that are checked."""

import ssl
from pathlib import Path

import aiohttp

CONNECT_SECONDS = 3.0
_NO_OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Lines:
    """``certificate``: that of this replica, if it has one: another one may have the same, whoever has signed it."""

    def __init__(self, certificate: Path | None = None) -> None:
        self._certificate = certificate

    def session(self, *, kept: bool = True) -> aiohttp.ClientSession:
        """``kept``: connections are used again."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=not kept, ssl=self._trusted()),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NO_OWN_HEADERS,
            trust_env=False,
        )

    def _trusted(self) -> ssl.SSLContext | bool:
        if self._certificate is None:
            return True
        context = ssl.create_default_context()
        context.load_verify_locations(self._certificate)
        return context
