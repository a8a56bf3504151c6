"""A hub that speaks https itself: which pairs of files it takes, how a renewed one comes into force, who trusts it."""

import asyncio
import ssl
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import vibes.server.certificate
from tests.certificates import NOW, Certificate, make_certificate
from tests.forked import forked_service
from tests.hub import settings_for
from tests.processes import Service
from tests.waiting import eventually
from vibes.cli import app
from vibes.client import AsyncHubClient, BatchRequest, HubAway, WrongAddress
from vibes.commands.hub.https import own_certificate
from vibes.server.certificate import BadCertificate, OwnCertificate, looked_at
from vibes.simulator import NodeOptions, SimulatedNode

HERE = ("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("authority"), "attic", authority=True)


@pytest.fixture
def own(tmp_path: Path, authority: Certificate) -> Certificate:
    return make_certificate(tmp_path, "hub", hosts=HERE, issuer=authority)


def test_a_pair_of_files_and_one_file_with_both_are_taken(own: Certificate) -> None:
    shown = looked_at(own.path, own.key)
    assert shown.refused is None
    assert shown.until is not None
    assert abs(shown.until - NOW - timedelta(days=30)) < timedelta(minutes=1)
    assert looked_at(own.both, None).refused is None


def test_each_wrong_pair_is_told_with_what_to_do(own: Certificate, tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "other")
    locked = make_certificate(tmp_path, "locked", password=b"secret")
    text = tmp_path / "text.pem"
    text.write_text("not a certificate")
    wrong = {
        (own.path, other.key): "other.key is not the key of the first certificate in",
        (own.path, None): "holds no private key without a password: name its file with --tls-key",
        (own.path, text): "text.pem holds no private key in PEM form",
        (locked.path, locked.key): "or one with a password, which nobody could type",
        (text, own.key): "text.pem holds no certificate in PEM form",
        (tmp_path / "none.pem", own.key): "there is no file",
        (own.path, tmp_path / "none.key"): "there is no file",
        (tmp_path, own.key): "cannot be read: Is a directory",
    }
    for (certificate, key), advice in wrong.items():
        with pytest.raises(BadCertificate, match=advice):
            OwnCertificate(certificate, key)


@pytest.mark.parametrize(
    ("valid_from", "valid_for", "told"),
    [
        (NOW - timedelta(days=60), timedelta(days=-1), "certificate has expired"),
        (NOW + timedelta(days=1), timedelta(days=30), "certificate is not yet valid"),
    ],
)
def test_a_certificate_out_of_its_time_is_told_and_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, valid_from: datetime, valid_for: timedelta, told: str
) -> None:
    late = make_certificate(tmp_path, "late", valid_from=valid_from, valid_for=valid_for)
    certificate = OwnCertificate(late.path, late.key)
    certificate.tell()
    assert told in caplog.text


def test_the_command_says_what_is_wrong_before_it_opens_anything(
    own: Certificate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        own_certificate(settings_for(tmp_path, tls_cert=own.path))
    assert "name its file with --tls-key" in " ".join(capsys.readouterr().err.split())
    with pytest.raises(ValueError, match="VIBES_TLS_KEY is the key of VIBES_TLS_CERT"):
        settings_for(tmp_path, tls_key=own.key)


def test_each_command_takes_the_certificates_that_vibes_itself_is_given(own: Certificate) -> None:
    asked = CliRunner().invoke(app, ["--ca", str(own.key), "nodes", "--url", "https://localhost:1"])
    assert "hub.key holds no certificate in PEM form" in " ".join(asked.output.split())
    asked = CliRunner().invoke(app, ["nodes", "--url", "https://localhost:1"], env={"VIBES_CA": str(own.path)})
    assert "no hub answers at https://localhost:1" in " ".join(asked.output.split())


def look_often() -> None:
    vibes.server.certificate.FOLLOW_SECONDS = 0.05


@pytest.mark.processes
async def test_a_hub_speaks_https_and_takes_a_renewed_certificate_but_never_a_broken_one(
    own: Certificate, authority: Certificate, tmp_path: Path
) -> None:
    (tmp_path / "later").mkdir()
    newer = make_certificate(tmp_path / "later", "hub", hosts=HERE, issuer=authority)
    secured = ("--tls-cert", str(own.path), "--tls-key", str(own.key))
    async with SimulatedNode(NodeOptions(profile="instant")) as machine:
        settings = settings_for(tmp_path, fleet=fleet_of(machine.port))
        where = ("--config", str(settings.config), "--data", str(settings.data), "--port", "0")
        async with forked_service("serve", *where, *secured, cwd=tmp_path, prepared=look_often) as service:
            assert service.url.startswith("https://127.0.0.1:")
            await draws(AsyncHubClient(service.url, ca=authority.path))
            with pytest.raises(HubAway, match=r"is not trusted: .* vibes --ca FILE"):
                await draws(AsyncHubClient(service.url, ca=newer.path))
            with pytest.raises(WrongAddress, match=r"hub.key holds no certificate in PEM form"):
                await draws(AsyncHubClient(service.url, ca=own.key))
            await is_renewed(service, own, newer)


async def draws(hub: AsyncHubClient) -> None:
    async with hub:
        batch = await hub.batches.submit(BatchRequest(prompt="a lighthouse", model_family="sd15"))
        await anext(hub.sessions.events(batch.session_id))  # by the WebSocket
        done = await hub.batches.wait(batch.batch_id)
        assert (await hub.generations.image(done.generations[0])).startswith(b"\x89PNG")


async def is_renewed(service: Service, own: Certificate, newer: Certificate) -> None:
    shown = await shown_by(service.url)
    own.path.write_bytes(newer.path.read_bytes())  # as a renewal leaves them for a moment
    await eventually(lambda: "the earlier certificate stays in force" in service.log.read_text())
    assert await shown_by(service.url) == shown
    own.key.write_bytes(newer.key.read_bytes())

    async def shows_it() -> bool:
        return await shown_by(service.url) == newer.path.read_text()

    await eventually(shows_it, what="it shows the new one")


def fleet_of(port: int) -> str:
    return f"""nodes:
  - {{id: one, name: RTX 3060, vram_gb: 12, tier: standard, host: 127.0.0.1, port: {port}, capabilities: [sd15],
     max_resolution: 1024, max_batch: 1}}
"""


async def shown_by(url: str) -> str:
    """The certificate, as text."""
    host, _, port = url.removeprefix("https://").rpartition(":")
    return await asyncio.to_thread(ssl.get_server_certificate, (host, int(port)))
