"""Settings of how the hub is reached: below which path, behind which proxies, with which certificate."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from vibes.environment.home_folder import at_home

OWN_PATHS = frozenset(
    {"api", "assets", "docs", "favicon.svg", "generate", "healthz", "metrics", "openapi.json", "readyz", "tasks", "ws"}
)
"""Where the hub's own addresses begin: a prefix of that name could not be told from them."""
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


class WebSettings(BaseSettings):
    """A part of `Settings`."""

    root_path: str = Field(
        "", description="Path below which a reverse proxy shows the hub, such as /studio; it may pass it on or not."
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks (10.0.0.0/8) of reverse proxies, beside this machine's own: believed when "
        "they say whom they speak for, and without a cap on their connections.",
    )
    public_url: str | None = Field(
        None,
        description="What other devices call the hub by, where that is not its own address: a container's, a proxy's.",
    )
    tls_cert: Path | None = Field(None, description="Certificate in PEM form, with those that vouch for it: https.")
    tls_key: Path | None = Field(None, description="Its private key, where it is not in the same file.")

    @field_validator("proxies", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        """As a variable: ``VIBES_PROXIES=192.168.1.7,172.16.0.0/12``."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_address_or_network, proxies))

    @field_validator("root_path")
    @classmethod
    def _path(cls, value: str) -> str:
        path = "/" + value.strip().strip("/")
        if path == "/":
            return ""
        if not _PATH.fullmatch(path):
            raise ValueError("must be a path of letters, digits, - . _ ~, such as /studio")
        first = path.split("/")[1]
        if first in OWN_PATHS:
            raise ValueError(f"/{first} is an address of the hub itself: choose another path")
        return path

    @field_validator("public_url")
    @classmethod
    def _address_alone(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "http://localhost")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
            raise ValueError("must be like http://192.168.1.5:8001, without a path")
        return value and value.rstrip("/")

    @field_validator("tls_cert", "tls_key")
    @classmethod
    def _file_at_home(cls, path: Path | None) -> Path | None:
        return path and at_home(path)

    @model_validator(mode="after")
    def _key_of_a_certificate(self) -> "WebSettings":
        if self.tls_key is not None and self.tls_cert is None:
            raise ValueError("VIBES_TLS_KEY is the key of VIBES_TLS_CERT: name that one too")
        return self


def _address_or_network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False) if "/" in text else ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is neither an address nor a network such as 172.16.0.0/12") from None
