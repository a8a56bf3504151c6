"""Replicas that speak https with one another: whom they trust, and what they say where they do not."""

import ssl
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.certificates import Certificate, make_certificate, tls_front
from tests.replicas.sites import Site, sites
from tests.waiting import deadline
from vibes.replicas.lines import Lines


async def ask(site: Site, trusted: Certificate) -> httpx.Response:
    context = ssl.create_default_context(cafile=trusted.path)
    async with httpx.AsyncClient(trust_env=False, verify=context, timeout=60) as http:
        return await http.post(f"{site.url}/do", json={})


@pytest.fixture
def authority(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "authority", authority=True)


def signed(folder: Path, name: str, authority: Certificate) -> Certificate:
    return make_certificate(folder, name, hosts=("127.0.0.1",), issuer=authority)


async def test_an_authority_of_their_own_is_trusted_by_the_variable_that_all_programs_know(
    tmp_path: Path, authority: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    each = {name: signed(tmp_path, name, authority) for name in ("a", "b")}
    async with sites("a", "b", certificates=each) as (a, b), deadline():
        assert (await ask(b, authority)).json() == {"name": "a"}
        trusting = ssl.create_default_context(cafile=authority.path)
        async with connect(f"ws{b.url.removeprefix('http')}/ws/session/s", proxy=None, ssl=trusting) as socket:
            assert '"of": "a"' in str(await socket.recv())
        assert a.trusted == {"127.0.0.1"}


async def test_hubs_with_the_same_certificate_trust_one_another_whoever_has_signed_it(
    tmp_path: Path, authority: Certificate
) -> None:
    same = signed(tmp_path, "same", authority)
    async with sites("a", "b", certificates={"a": same, "b": same}) as (_, b), deadline():
        assert (await ask(b, authority)).json() == {"name": "a"}


async def test_a_certificate_that_is_not_trusted_is_said_once_with_what_to_do(
    tmp_path: Path, authority: Certificate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tests.replicas.sites.WAIT_SECONDS", 1.0)
    each = {name: signed(tmp_path, name, authority) for name in ("a", "b")}
    async with sites("a", "b", certificates=each) as (a, b), deadline():
        assert (await ask(b, authority)).json()["code"] == "no_leader"
        assert a.done == []
    told = [each for each in caplog.messages if "SSL_CERT_FILE" in each]
    assert len(told) == 1
    assert a.url in told[0]


async def test_a_renewed_certificate_is_trusted_at_the_next_try(tmp_path: Path) -> None:
    own = make_certificate(tmp_path, "own", hosts=("127.0.0.1",))
    lines = Lines(own.path)
    renewed = make_certificate(tmp_path, "own", hosts=("127.0.0.1",))
    async with sites("a") as (a,), tls_front(int(a.url.rpartition(":")[2]), renewed.server()) as port, deadline():
        address = f"https://127.0.0.1:{port}"
        async with lines.session() as session:

            async def reached() -> bool:
                try:
                    async with session.get(f"{address}/who") as answer:
                        return answer.status == 200
                except OSError as error:
                    lines.refused(address, error)  # type: ignore[arg-type]  # aiohttp's errors of connections are
                    return False

            assert not await reached()
            assert await reached()
