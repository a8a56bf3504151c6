"""Judges the hub's own certificate: whether browsers take it, and for how long. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vibes.domain.doctor.finding import Area, Finding, ok, warn, wrong

SOON = timedelta(days=21)
"""Certificates of 90 days are renewed a month before they end: a week later nobody seems to be at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    path: Path
    unusable: str = ""
    """Why no hub can begin with it."""
    refused: str = ""
    """Why browsers refuse it, in OpenSSL's words."""
    until: datetime | None = None
    """Its last moment; None where it is refused."""


def judge_certificate(facts: CertificateFacts, now: datetime) -> Iterator[Finding]:
    subject = str(facts.path)
    if facts.unusable:
        yield wrong(Area.KEYS, "tls_unusable", f"{facts.unusable}: put VIBES_TLS_CERT, VIBES_TLS_KEY right.", subject)
    elif facts.refused:
        message = f"browsers refuse the hub's certificate: {facts.refused}. Renew it; the hub follows its files."
        yield wrong(Area.KEYS, "tls_refused", message, subject)
    elif facts.until is not None and facts.until - now < SOON:
        left = max(0, (facts.until - now).days)
        message = (
            f"the hub's certificate ends {facts.until:%Y-%m-%d %H:%M} UTC, in {left} {'day' if left == 1 else 'days'}: "
            "renew it, and see why whatever renews it has not."
        )
        yield warn(Area.KEYS, "tls_ends_soon", message, subject)
    elif facts.until is not None:
        yield ok(Area.KEYS, "tls_well", f"the hub's certificate is good until {facts.until:%Y-%m-%d}.", subject)
