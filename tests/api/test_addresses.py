"""Under which address another device is told to reach the hub."""

from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for


@pytest.mark.parametrize(
    ("settings", "urls", "loopback_only"),
    [
        ({"host": "127.0.0.1"}, [], True),
        ({"host": "192.168.7.8"}, ["http://192.168.7.8:8001"], False),
        ({"host": "192.168.7.8", "tls_cert": "own.pem"}, ["https://192.168.7.8:8001"], False),
        ({"host": "10.1.2.3", "public_url": "https://studio.example/"}, ["https://studio.example"], False),
        ({"host": "10.1.2.3", "public_url": "http://127.0.0.1:8001"}, [], True),
    ],
)
async def test_it_is_its_own_or_the_one_that_its_settings_say(
    tmp_path: Path, settings: dict[str, Any], urls: list[str], loopback_only: bool
) -> None:
    """In a container its own address leads nowhere for anybody else."""
    hub_settings = settings_for(tmp_path, **settings)
    async with (
        open_hub(hub_settings, FakeFleet()) as hub,
        http_client(hub, hub_settings, base_url="http://localhost:8001") as http,
    ):
        told = (await http.get("/api/addresses")).json()
    assert told == {"urls": urls, "loopback_only": loopback_only, "key_needed": False}


@pytest.mark.parametrize("wrong", ["studio.example", "ftp://x", "http://x/studio", "http://"])
def test_what_is_no_address_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="without a path"):
        settings_for(tmp_path, public_url=wrong)
