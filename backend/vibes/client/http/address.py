"""A hub's address and its API key."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from httpx import URL, InvalidURL

from vibes.client.http.errors import WrongAddress

DEFAULT_URL = "http://127.0.0.1:8001"


@dataclass(frozen=True, slots=True)
class HubAddress:
    url: str = DEFAULT_URL
    api_key: str | None = field(default=None, repr=False)

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

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}

    def socket_url(self, path: str) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}{path}"
