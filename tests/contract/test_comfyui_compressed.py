"""A proxy that always compresses, and answers that unpack to more than anybody can hold."""

import gzip
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web

from tests.contract.transcript_server import FAST_LIMITS, connected_to, serving
from vibes.domain.errors import NodeMisbehaved
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.outcome import Running


def always(body: bytes, encoding: str) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    async def handler(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    return handler


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]),
    "deflate": zlib.compress,
    "Deflate": lambda data: zlib.compress(data, wbits=-15),
    "identity": bytes,
}


@pytest.mark.parametrize("encoding", PACKED)
async def test_reports_02_a_proxy_that_always_compresses_takes_no_node_offline(encoding: str) -> None:
    queue = json.dumps({"queue_running": [[1, "ours", {}, {}, []]], "queue_pending": []}).encode()
    packed = always(PACKED[encoding](queue), encoding)
    async with serving(packed) as port, connected_to(port) as node:
        assert await node.find(AttemptId("ours")) == Running()


@pytest.mark.parametrize(
    ("body", "encoding", "problem"),
    [
        (gzip.compress(bytes(64 * 2**20)), "gzip", "larger than 1 MiB"),
        (zlib.compress(bytes(64 * 2**20)), "deflate", "larger than 1 MiB"),
        (gzip.compress(b"") * 80_000, "gzip", "larger than 1 MiB"),
        (gzip.compress(b"{}")[:-9], "gzip", "ends too early"),
        (b"\x1f\x8bnonsense", "gzip", "cannot be unpacked"),
        (b"{}", "gzip", "cannot be unpacked"),
        (b"{}", "br", "in the encoding 'br'"),
    ],
    ids=["bomb", "deflate bomb", "bomb of many members", "cut", "nonsense", "not packed", "unknown encoding"],
)
async def test_a_compressed_answer_is_unpacked_up_to_the_cap_and_whole_or_not_at_all(
    body: bytes, encoding: str, problem: str
) -> None:
    packed = always(body, encoding)
    limits = replace(FAST_LIMITS, list_bytes=2**20, check_seconds=30)  # of computing, on a machine that does much else
    async with serving(packed) as port, connected_to(port, limits=limits) as node:
        with pytest.raises(NodeMisbehaved, match=problem):
            await node.check()
