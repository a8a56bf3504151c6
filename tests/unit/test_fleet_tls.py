"""What gpus.yaml says of a node's certificate: found beside it, and every mistake told with its line."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.certificates import make_certificate
from tests.unit.test_fleet_config import NODE
from vibes.domain.errors import InvalidDocument
from vibes.domain.nodes.node import NodeConfig, NodeTls
from vibes.nodes.kinds import node_kinds
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet

HTTPS = NODE + "    scheme: https\n"


def read(text: str, folder: Path) -> NodeConfig:
    [node] = parse_fleet(text, "gpus.yaml", TlsFiles(folder), node_kinds())
    return node


def mistake(text: str, folder: Path) -> str:
    with pytest.raises(InvalidDocument) as caught:
        read(text, folder)
    [problem] = caught.value.problems
    return str(problem)


def test_files_are_found_from_the_folder_of_the_fleet_file(tmp_path: Path) -> None:
    (tmp_path / "certs").mkdir()
    node = make_certificate(tmp_path / "certs", "attic")
    hub = make_certificate(tmp_path, "hub")
    tls = read(
        HTTPS + f"    tls: {{ca: certs/attic.pem, client_cert: {hub.path}, client_key: hub.key}}\n", tmp_path
    ).tls
    assert (tls.ca, tls.client_cert, tls.client_key, tls.verify) == (node.path, hub.path, hub.key, True)
    assert read(HTTPS + "    tls: {client_cert: hub.both.pem}\n", tmp_path).tls.client_cert == hub.both
    assert read(HTTPS + "    tls: {verify: false}\n", tmp_path).tls.verify is False
    assert read(HTTPS, tmp_path).tls == NodeTls()


def test_a_renewed_certificate_makes_other_settings(tmp_path: Path) -> None:
    make_certificate(tmp_path, "attic")
    text = HTTPS + "    tls: {ca: attic.pem}\n"
    files = TlsFiles(tmp_path)
    [first] = parse_fleet(text, "gpus.yaml", files, node_kinds())
    assert not files.changed()
    make_certificate(tmp_path, "attic")
    assert files.changed()
    assert read(text, tmp_path).tls != first.tls


def test_a_file_that_is_looked_for_in_vain_is_noticed_when_it_comes(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)
    with pytest.raises(InvalidDocument):
        parse_fleet(HTTPS + "    tls: {ca: attic.pem}\n", "gpus.yaml", files, node_kinds())
    assert not files.changed()
    make_certificate(tmp_path, "attic")
    assert files.changed()


@pytest.mark.parametrize(
    ("tls", "message"),
    [
        ("{ca: nowhere.pem}", "tls.ca: there is no file"),
        ("{ca: .}", "tls.ca: there is no file"),
        ("{ca: attic.key}", "holds no certificate in PEM form"),
        ("{ca: attic.der}", "openssl x509 -inform der -in FILE -out FILE.pem"),
        ("{ca: large.pem}", "is too large for a certificate"),
        ("{ca: 'attic\\0.pem'}", "tls.ca: "),
        ("{ca: ~nobody-of-this-name/x.pem}", "tls.ca: "),
        ("{client_cert: attic.pem}", "holds no private key without a password: name it as client_key"),
        ("{client_cert: attic.pem, client_key: locked.key}", "or one with a password, which nobody could type"),
        ("{client_cert: attic.pem, client_key: other.key}", "other.key is not the key of"),
        ("{client_cert: attic.key, client_key: attic.key}", "tls.client_cert: "),
        ("{client_key: attic.key}", "tls.client_key belongs to a client_cert"),
        ("{ca: attic.pem, verify: false}", "tls.verify: false checks nothing, so that ca is of no use"),
        ("{cert: attic.pem}", "unknown key 'cert'"),
        ("{verify: 'no'}", "verify must be true or false, not 'no'"),
        ("yes", "tls must be a mapping of names to values"),
        ("{ca: ''}", "ca: string should have at least 1 character"),
    ],
)
def test_each_mistake_is_told_with_its_line(tmp_path: Path, tls: str, message: str) -> None:
    attic = make_certificate(tmp_path, "attic")
    make_certificate(tmp_path, "other")
    make_certificate(tmp_path, "locked", password=b"secret")
    (tmp_path / "attic.der").write_bytes(attic.certificate.public_bytes(Encoding.DER))
    (tmp_path / "large.pem").write_bytes(bytes(5 * 2**20))
    found = mistake(HTTPS + f"    tls: {tls}\n", tmp_path)
    assert found.startswith("gpus.yaml:12:"), found
    assert message in found


def test_it_is_of_no_use_without_https(tmp_path: Path) -> None:
    assert mistake(NODE + "    tls: {verify: false}\n", tmp_path) == (
        "gpus.yaml:11:5: tls is for a node with scheme: https"
    )
