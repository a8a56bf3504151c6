"""Which certificates are trusted behind ``https``, and what to do about one that is not."""

import ssl
from collections.abc import Iterator
from functools import lru_cache

import certifi

from vibes.domain.nodes.node import NodeTls

_EXPIRED, _NOT_YET_VALID, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""Codes of OpenSSL, X509_V_ERR_…."""
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"})
_WANTS_OURS = ("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE", "ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA")


@lru_cache(maxsize=64)
def tls_context(tls: NodeTls) -> ssl.SSLContext:
    """The context for these settings, shared by all nodes that have them: loading the certificates takes longest in
    making a client.

    Without a ``ca`` certifi's certificates are trusted beside the system's store, or beside what ``SSL_CERT_FILE`` and
    ``SSL_CERT_DIR`` name instead of it.
    """
    context = ssl.create_default_context(cafile=tls.ca)
    if tls.ca is None:
        context.load_verify_locations(certifi.where())
    else:
        # it may be the node's own certificate, which signed no other
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # self-made certificates rarely have all extensions
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
    """The error and its causes of the ``ssl`` module; other libraries call errors of theirs TLS errors as well."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__module__ == ssl.__name__:
            yield seen
        seen = seen.__cause__ or seen.__context__
