"""Looks at the certificate that the hub speaks https with, if it has one."""

from collections.abc import Iterable

from vibes.domain.doctor.finding import Finding
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.server.certificate import BadCertificate, looked_at
from vibes.services.doctor.certificate import CertificateFacts, judge_certificate


def own_certificate(settings: Settings, clock: Clock) -> Iterable[Finding]:
    if settings.tls_cert is None:
        return []
    try:
        found = looked_at(settings.tls_cert, settings.tls_key)
        facts = CertificateFacts(path=settings.tls_cert, refused=found.refused or "", until=found.until)
    except BadCertificate as error:
        facts = CertificateFacts(path=settings.tls_cert, unusable=str(error))
    return judge_certificate(facts, clock.now())
