"""A hub's address, its API key, and whose certificates are believed there."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import certifi
from httpx import URL, InvalidURL

from vibes.client.http.errors import WrongAddress

DEFAULT_URL = "http://127.0.0.1:8001"


@dataclass(frozen=True, slots=True)
class HubAddress:
    url: str = DEFAULT_URL
    api_key: str | None = field(default=None, repr=False)
    ca: Path | None = None
    """Certificates, in PEM form, of whoever vouches for the hub's own; None: those that the system trusts."""

    def check(self) -> None:
        """Raises WrongAddress when it cannot be the address of a hub."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
            URL(self.url)
        except (ValueError, InvalidURL):
            usable = False
        if not usable:
            raise WrongAddress(f"{self.url} is no address of a hub; it looks like {DEFAULT_URL}")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise WrongAddress("the API key may hold plain ASCII characters only")

    def certificates(self) -> ssl.SSLContext | None:
        """What a hub behind TLS proves itself by; None for one without. Raises WrongAddress for a file that holds
        none."""
        if urlsplit(self.url).scheme != "https":
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except (ssl.SSLError, OSError) as error:
            raise WrongAddress(f"{self.ca} holds no certificate in PEM form that could be read: {error}") from error
        if self.ca is None:
            context.load_verify_locations(certifi.where())
        return context

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def socket_url(self, path: str) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}"
