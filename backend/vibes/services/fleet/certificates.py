"""Finds the certificates named in ``gpus.yaml``, and loads them once before they are used."""

import hashlib
import ssl
from pathlib import Path

from vibes.domain.nodes.node import NodeTls

_LARGEST_BYTES = 4 * 2**20
"""Largest certificate file; the complete store of a system has a quarter of a megabyte."""


class TlsFileProblem(ValueError):
    """A file that cannot be what its key requires; the text says what to do."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class TlsFiles:
    """Reads the files named in one fleet file and remembers which they were. For one reading."""

    def __init__(self, folder: Path) -> None:
        """``folder``: that of the fleet file, from which relative paths start."""
        self._folder = folder
        self._read: dict[Path, tuple[int, ...] | None] = {}

    def changed(self) -> bool:
        """Whether one of the files that were read or looked for has changed, appeared or disappeared since."""
        return any(_stamp(path) != stamp for path, stamp in self._read.items())

    def read(
        self, *, ca: str | None, verify: bool, check_hostname: bool, client_cert: str | None, client_key: str | None
    ) -> NodeTls:
        """The settings, with their files found and loaded. Raises TlsFileProblem."""
        if client_key is not None and client_cert is None:
            raise TlsFileProblem("client_key", "client_key belongs to a client_cert: name that one too")
        if not verify and ca is not None:
            raise TlsFileProblem("verify", "verify: false checks nothing, so that ca is of no use: leave one out")
        digest = hashlib.sha256()
        found = {
            key: self._file(key, name, digest)
            for key, name in (("ca", ca), ("client_cert", client_cert), ("client_key", client_key))
            if name is not None
        }
        if "ca" in found:
            _try_authority(found["ca"])
        if "client_cert" in found:
            _try_client(found["client_cert"], found.get("client_key"))
        return NodeTls(verify=verify, check_hostname=check_hostname, digest=digest.hexdigest(), **found)

    def _file(self, key: str, name: str, digest: "hashlib._Hash") -> Path:
        try:
            path = self._folder / Path(name).expanduser()
            self._read[path] = _stamp(path)
            if not path.is_file():
                raise TlsFileProblem(key, f"{key}: there is no file {path}; a path starts in the folder of this file")
            if path.stat().st_size > _LARGEST_BYTES:
                raise TlsFileProblem(key, f"{key}: {path} is too large for a certificate")
            digest.update(path.read_bytes())
        except (OSError, RuntimeError) as error:  # RuntimeError: ``~name`` of an unknown user
            raise TlsFileProblem(key, f"{key}: {name} cannot be read: {error}") from error
        return path


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _try_authority(path: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except (ssl.SSLError, OSError) as error:
        raise TlsFileProblem("ca", f"ca: {path} {_NO_PEM}") from error


_NO_PEM = (
    "holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----; "
    "openssl x509 -inform der -in FILE -out FILE.pem makes one out of a binary file"
)


def _try_client(certificate: Path, key: Path | None) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise TlsFileProblem(*_client_problem(certificate, key, error)) from error
    except (OSError, ValueError) as error:
        raise TlsFileProblem("client_cert", f"client_cert: {certificate} cannot be used: {error}") from error


def _no_password() -> str:
    """Prevents OpenSSL from asking for a password on the terminal."""
    return ""


def _client_problem(certificate: Path, key: Path | None, error: ssl.SSLError) -> tuple[str, str]:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "client_key", f"client_key: {key or certificate} is not the key of {certificate}"
    if b"-----BEGIN CERTIFICATE-----" not in certificate.read_bytes():
        return "client_cert", f"client_cert: {certificate} {_NO_PEM}"
    if key is None:
        return (
            "client_cert",
            f"client_cert: {certificate} holds no private key without a password: name it as client_key",
        )
    return (
        "client_key",
        f"client_key: {key} holds no private key in PEM form, or one with a password, which nobody could type",
    )
