"""The certificate of a hub that speaks https itself; without one it speaks plain http."""

from typing import Any

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.environment.settings import Settings
from vibes.server.certificate import BadCertificate, OwnCertificate


def own_certificate(settings: Settings) -> OwnCertificate | None:
    """Exits with advice where its files cannot be used."""
    if settings.tls_cert is None:
        return None
    try:
        return OwnCertificate(settings.tls_cert, settings.tls_key)
    except BadCertificate as error:
        fail(str(error), code=USAGE_ERROR)


def spoken_with(certificate: OwnCertificate | None) -> dict[str, Any]:
    """For uvicorn's configuration."""
    if certificate is None:
        return {}
    context = certificate.context
    return {"ssl_context_factory": lambda *_: context}
