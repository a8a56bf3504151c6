"""Which certificate an instance showed at the first contact: from then on it is the only one that is trusted."""

import asyncio
import hashlib
import ssl
from pathlib import Path

from vibes.domain.errors import NodeUnreachable
from vibes.domain.nodes.node import NodeTls

_CONTACT_SECONDS = 10.0


async def pinned(host: str, port: int, file: Path) -> NodeTls:
    """Trust in the certificate that is shown there now, which is kept in ``file``. NodeUnreachable without an
    answer. Nothing secret is sent before it is known."""
    certificate = await _shown(host, port)
    await asyncio.to_thread(_keep, file, certificate)
    return NodeTls(ca=file, check_hostname=False, digest=hashlib.sha256(certificate.encode()).hexdigest())


async def _shown(host: str, port: int) -> str:
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_CONTACT_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=trusting)
    except (OSError, TimeoutError) as error:
        raise NodeUnreachable(f"its proxy does not answer yet: {str(error) or type(error).__name__}") from error
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    if not shown:
        raise NodeUnreachable("its proxy shows no certificate")
    return ssl.DER_cert_to_PEM_cert(shown)


def _keep(file: Path, certificate: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(certificate, encoding="ascii")
