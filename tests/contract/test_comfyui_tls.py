"""Nodes with certificates of their own: which of them the client trusts, and its advice about the others."""

import hashlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.certificates import NOW, Certificate, make_certificate, tls_front
from tests.contract.transcript_server import FAST_LIMITS, FAST_TIMING, listening, node_config
from tests.waiting import eventually
from vibes.domain.errors import NodeUnreachable
from vibes.domain.nodes.events import NodeConnected, NodeDisconnected, NodeEvent
from vibes.domain.nodes.node import NodeTls
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui.transport.tls import tls_context
from vibes.simulator import NodeOptions, SimulatedNode

LOCAL = ("localhost", "127.0.0.1")
PATIENT = replace(FAST_LIMITS, connect_seconds=20, check_seconds=20)


@pytest.fixture(autouse=True)
def _fresh_store() -> None:
    """The system's store is read once a process: here each test has one of its own."""
    tls_context.cache_clear()


@asynccontextmanager
async def node_behind(
    context: ssl.SSLContext, tls: NodeTls, *, host: str = "localhost", scheme: str = "https"
) -> AsyncIterator[ComfyUINode]:
    """A client of a simulated node behind this TLS."""
    async with SimulatedNode(NodeOptions(profile="instant")) as machine, tls_front(machine.port, context) as port:
        config = replace(node_config(port), scheme=scheme, host=host, tls=tls)
        node = ComfyUINode(config, client_id="client-a", limits=PATIENT, timing=FAST_TIMING)
        try:
            yield node
        finally:
            await node.close()


async def first_event(node: ComfyUINode) -> NodeEvent:
    async with listening(node) as heard:
        await eventually(lambda: heard, what="the event stream came about or did not")
        return heard[0]


async def refusals(context: ssl.SSLContext, tls: NodeTls, **where: str) -> tuple[str, str]:
    """Why HTTP and the WebSocket did not come about."""
    async with node_behind(context, tls, **where) as node:
        with pytest.raises(NodeUnreachable) as caught:
            await node.check()
        event = await first_event(node)
    assert isinstance(event, NodeDisconnected)
    return caught.value.message, event.reason


async def is_heard(context: ssl.SSLContext, tls: NodeTls, **where: str) -> bool:
    """Over both: HTTP answers, and the event stream opens."""
    async with node_behind(context, tls, **where) as node:
        await node.check()
        return await first_event(node) == NodeConnected()


def hash_name(made: Certificate) -> str:
    """What OpenSSL calls a certificate in a folder of them, for a short subject in small letters."""
    subject = made.certificate.subject.public_bytes()[2:]
    return f"{int.from_bytes(hashlib.sha1(subject, usedforsecurity=False).digest()[:4], 'little'):08x}"


@contextmanager
def refusing_port(context: ssl.SSLContext) -> Iterator[int]:
    """Sends away by a TLS alert, as a proxy such as nginx does; asyncio's own servers hang up without a word."""

    def refuse_all() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection.dup() as line, suppress(OSError):
                with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secure:
                    secure.read()
                while line.recv(65536):  # what came already would make the end a reset, and the alert be lost
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=refuse_all)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.fixture
def own(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path, "own", hosts=LOCAL)


async def test_a_node_with_a_certificate_of_its_own_is_trusted_when_gpus_yaml_names_it(own: Certificate) -> None:
    assert await is_heard(own.server(), NodeTls(ca=own.path))
    assert await is_heard(own.server(), NodeTls(ca=own.path), host="127.0.0.1")


async def test_an_authority_of_ones_own_vouches_for_its_nodes_and_a_single_one_for_itself(tmp_path: Path) -> None:
    authority = make_certificate(tmp_path, "home", authority=True)
    leaf = make_certificate(tmp_path, "attic", hosts=LOCAL, issuer=authority)
    assert await is_heard(leaf.server(), NodeTls(ca=authority.path))
    assert await is_heard(leaf.server(), NodeTls(ca=leaf.path)), "though it is no authority"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_the_stores_that_the_environment_names_are_trusted(
    own: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / f"{hash_name(own)}.0").write_bytes(own.path.read_bytes())
    monkeypatch.setenv(variable, str(own.path if variable == "SSL_CERT_FILE" else folder))
    assert await is_heard(own.server(), NodeTls())


def test_the_systems_store_and_the_shipped_one_are_both_there(
    monkeypatch: pytest.MonkeyPatch, own: Certificate
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own.path))
    both = tls_context(NodeTls()).cert_store_stats()["x509"]
    tls_context.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    assert both - tls_context(NodeTls()).cert_store_stats()["x509"] == 1


async def test_no_certificates_are_read_for_a_node_that_shows_none() -> None:
    node = ComfyUINode(replace(node_config(1), scheme="http"), client_id="client-a")
    await node.close()
    assert tls_context.cache_info().currsize == 0


async def test_one_that_nobody_vouches_for_names_the_key_to_set(own: Certificate) -> None:
    for reason in await refusals(own.server(), NodeTls()):
        assert "its certificate is not trusted (self-signed certificate): name the file of it" in reason
        assert "as tls.ca in gpus.yaml" in reason


async def test_a_ca_is_trusted_alone(own: Certificate, tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "other", hosts=LOCAL)
    for reason in await refusals(own.server(), NodeTls(ca=other.path)):
        assert "its certificate is not trusted" in reason


async def test_another_name_is_told_apart_and_can_be_let_pass(tmp_path: Path) -> None:
    elsewhere = make_certificate(tmp_path, "elsewhere", hosts=("gpu.example",))
    for reason in await refusals(elsewhere.server(), NodeTls(ca=elsewhere.path)):
        assert "its certificate is for another name" in reason
        assert "localhost" in reason
        assert "set tls.check_hostname: false" in reason
    for reason in await refusals(elsewhere.server(), NodeTls(ca=elsewhere.path), host="127.0.0.1"):
        assert "its certificate is for another name" in reason
    assert await is_heard(elsewhere.server(), NodeTls(ca=elsewhere.path, check_hostname=False))


async def test_one_without_any_name_as_comfyuis_own_instructions_make_it(tmp_path: Path) -> None:
    nameless = make_certificate(tmp_path, "CommonNameOrHostname")
    for reason in await refusals(nameless.server(), NodeTls(ca=nameless.path)):
        assert "its certificate is for another name" in reason
    assert await is_heard(nameless.server(), NodeTls(ca=nameless.path, check_hostname=False))


async def test_an_expired_one_and_one_of_tomorrow_are_told_apart(tmp_path: Path) -> None:
    old = make_certificate(tmp_path, "old", hosts=LOCAL, valid_for=timedelta(days=-1))
    for reason in await refusals(old.server(), NodeTls(ca=old.path)):
        assert "its certificate has expired: renew it there" in reason
    young = make_certificate(tmp_path, "young", hosts=LOCAL, valid_from=NOW + timedelta(days=1))
    for reason in await refusals(young.server(), NodeTls(ca=young.path)):
        assert "its certificate is not valid yet" in reason


async def test_verify_false_trusts_anybody(tmp_path: Path) -> None:
    old = make_certificate(tmp_path, "old", valid_for=timedelta(days=-1))
    assert await is_heard(old.server(), NodeTls(verify=False))


async def test_a_node_that_wants_to_know_the_hub_is_shown_its_certificate(own: Certificate, tmp_path: Path) -> None:
    hub = make_certificate(tmp_path, "hub")
    context = own.server(clients=hub)
    assert await is_heard(context, NodeTls(ca=own.path, client_cert=hub.path, client_key=hub.key))
    assert await is_heard(context, NodeTls(ca=own.path, client_cert=hub.both))


async def test_a_node_that_says_that_it_wants_to_know_the_hub_names_the_key_to_set(
    own: Certificate, tmp_path: Path
) -> None:
    with refusing_port(own.server(clients=make_certificate(tmp_path, "hub"))) as port:
        config = replace(node_config(port), scheme="https", host="localhost", tls=NodeTls(ca=own.path))
        node = ComfyUINode(config, client_id="client-a", limits=PATIENT, timing=FAST_TIMING)
        try:
            with pytest.raises(
                NodeUnreachable, match=r"it wants a certificate of the hub: give one as tls\.client_cert"
            ):
                await node.check()
        finally:
            await node.close()


async def test_http_before_a_node_that_wants_tls_says_which_scheme_to_use(own: Certificate) -> None:
    async with node_behind(own.server(), NodeTls(), scheme="http") as node:
        with pytest.raises(NodeUnreachable, match="the node hung up; if it wants TLS, say scheme: https"):
            await node.check()


async def test_https_before_a_node_without_it_says_which_scheme_to_use(own: Certificate) -> None:
    async with SimulatedNode(NodeOptions(profile="instant")) as machine:
        config = replace(node_config(machine.port), scheme="https")
        node = ComfyUINode(config, client_id="client-a", limits=PATIENT, timing=FAST_TIMING)
        try:
            with pytest.raises(NodeUnreachable, match="it does not speak TLS: use scheme: http"):
                await node.check()
            assert await first_event(node) == NodeDisconnected("it does not speak TLS: use scheme: http")
        finally:
            await node.close()
