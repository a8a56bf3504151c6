"""Who is trusted behind ``https``, and what to do about whom not."""

import ssl
from collections.abc import Iterator
from functools import lru_cache

import certifi

from vibes.domain.node import NodeTls

_EXPIRED, _NOT_YET_VALID, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""OpenSSL's X509_V_ERR_…"""
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
_WANTS_OURS = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA")


@lru_cache(maxsize=64)
def tls_context(tls: NodeTls) -> ssl.SSLContext:
    """One for all nodes with the same settings: loading the certificates costs more than everything else of a client.

    Without a ``ca`` the system's own store is trusted, or what ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name in its
    place, and that of certifi beside it.
    """
    context = ssl.create_default_context(cafile=tls.ca)
    if tls.ca is None:
        context.load_verify_locations(certifi.where())
    else:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it may be the node's own, which signed no other
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # few that are made at home have all extensions
    context.check_hostname = tls.verify and tls.check_hostname
    if not tls.verify:
        context.verify_mode = ssl.CERT_NONE
    if tls.client_cert is not None:
        context.load_cert_chain(tls.client_cert, tls.client_key, password=lambda: "")
    context.set_alpn_protocols(["http/1.1"])
    return context


def tls_problem(error: BaseException) -> str | None:
    """What is wrong between a node's certificate and the hub, and the key of ``gpus.yaml`` that mends it; None for a
    failure of another kind."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return _distrust(cause)
            case ssl.SSLError() if cause.reason in _NO_TLS:
                return "it does not speak TLS: use scheme: http"
            case ssl.SSLError() if (cause.reason or "").endswith(_WANTS_OURS):
                return f"it wants a certificate of the hub: give one as tls.client_cert in gpus.yaml ({cause.reason})"
    return None


def _distrust(error: ssl.SSLCertVerificationError) -> str:
    match error.verify_code:
        case code if code == _EXPIRED:
            return "its certificate has expired: renew it there"
        case code if code == _NOT_YET_VALID:
            return "its certificate is not valid yet: compare the clocks of both machines"
        case code if code in {_OTHER_NAME, _OTHER_ADDRESS}:
            return (
                f"its certificate is for another name ({error.verify_message.rstrip('.')}): use that name as host, "
                "make one with this subjectAltName, or set tls.check_hostname: false in gpus.yaml"
            )
        case _:
            return (
                f"its certificate is not trusted ({error.verify_message}): name the file of it, or of its authority, "
                "as tls.ca in gpus.yaml; tls.verify: false trusts anybody"
            )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, without those of libraries that only call themselves TLS errors."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__module__ == ssl.__name__:
            yield seen
        seen = seen.__cause__ or seen.__context__
