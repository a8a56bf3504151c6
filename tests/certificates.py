"""Certificates made on the spot, and a TLS front for a server that has none."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its key, in two files and in one."""

    path: Path
    key: Path
    both: Path
    certificate: x509.Certificate
    private_key: ec.EllipticCurvePrivateKey

    def server(self, *, clients: "Certificate | None" = None) -> ssl.SSLContext:
        """``clients``: whoever has no certificate by this one is sent away."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.path, self.key)
        if clients is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients.path)
        return context


def make_certificate(
    folder: Path,
    name: str,
    *,
    hosts: tuple[str, ...] = (),
    issuer: Certificate | None = None,
    authority: bool = False,
    valid_for: timedelta = timedelta(days=30),
    valid_from: datetime = NOW - timedelta(days=60),
    password: bytes | None = None,
) -> Certificate:
    """By default it is signed by itself and names no host, as ComfyUI's own instructions make it.

    ``valid_for``: from now.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(NOW + valid_for)
        .add_extension(x509.BasicConstraints(ca=authority or issuer is None, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(each) for each in hosts]), critical=False)
    certificate = builder.sign(issuer.private_key if issuer else key, hashes.SHA256())
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key", folder / f"{name}.both.pem", certificate, key)
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    made.path.write_bytes(pem)
    made.key.write_bytes(secret)
    made.both.write_bytes(pem + secret)
    return made


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@asynccontextmanager
async def tls_front(target: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """A port where TLS is spoken, before one of this machine where it is not."""
    connections: set[asyncio.Task[None]] = set()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        task.add_done_callback(connections.discard)
        behind, to_behind = await asyncio.open_connection("127.0.0.1", target)
        both = [asyncio.create_task(_copy(reader, to_behind)), asyncio.create_task(_copy(behind, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            for end in (writer, to_behind):
                end.transport.abort()

    server = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        if connections:
            await asyncio.wait(connections)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
