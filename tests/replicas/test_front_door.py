"""What becomes of requests at a replica that follows: sent on as they came, waited with, and never done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.types import Scope
from websockets.asyncio.client import connect

from tests.fakes import FakeClock
from tests.loopback import loopback_client
from tests.replicas.fake_relay import FakeRelay
from tests.replicas.sites import SECRET, Site, hand_over, sites
from tests.waiting import deadline, eventually
from vibes.replicas import forwarding, guide
from vibes.replicas.forwarding import NOT_TAKEN
from vibes.replicas.seal import Caller, Seal
from vibes.services.runtime.clock import SystemClock


async def ask(site: Site, method: str = "GET", path: str = "/who", **given: object) -> httpx.Response:
    async with loopback_client(site.url) as http:
        return await http.request(method, path, **given)  # type: ignore[arg-type]  # of httpx


async def test_a_request_is_sent_on_whole_and_its_answer_comes_back_whole() -> None:
    async with sites("a", "b") as (a, b):
        answer = await ask(b, "POST", "/do", json={"prompt": "ein Boot"})
        assert (answer.status_code, answer.json(), answer.headers["x-of-the-hub"]) == (202, {"name": "a"}, "yes")
        assert a.done == [b'{"prompt":"ein Boot"}']
        told = (await ask(b, headers={"X-Api-Key": "k", "X-Forwarded-For": "1.2.3.4", "TE": "trailers"})).json()
        assert told["headers"]["x-api-key"] == "k"
        assert {"x-forwarded-for", "te", "x-vibes-replica"} & {*told["headers"]} == set()
        assert told["headers"]["host"] == b.url.removeprefix("http://"), (
            "as it was called, so that origins are judged alike"
        )
        assert a.trusted == {"127.0.0.1"}


async def test_only_another_replica_is_believed_for_whom_it_asks() -> None:
    async with sites("a", "b") as (a, b):
        name, sealed = Seal(SECRET, SystemClock()).header(Caller(address="203.0.113.9", scheme="https"), "GET", b"/who")
        assert (await ask(a, headers={name: sealed})).json()["client"] == "203.0.113.9"
        for forged in ("203.0.113.9 https " + "0" * 64, "203.0.113.9", sealed[:-1] + "z", sealed + "0"):
            assert (await ask(a, headers={name: forged})).json()["client"] == "127.0.0.1"
        other = Seal(b"guessed", SystemClock()).header(Caller(address="203.0.113.9", scheme="https"), "GET", b"/who")
        assert (await ask(a, headers=dict([other]))).json()["client"] == "127.0.0.1"
        assert (await ask(a, path="/who?x", headers={name: sealed})).json()["client"] == "127.0.0.1", (
            "for that path alone"
        )
        answer = await ask(b, headers={name: sealed})
        assert answer.status_code == 503
        assert NOT_TAKEN in answer.headers, "it is not sent on and on"


def test_what_was_heard_on_the_line_is_of_no_use_some_minutes_later() -> None:
    clock, caller = FakeClock(), Caller(address="203.0.113.9", scheme="https")
    theirs, ours = Seal(SECRET, clock), Seal(SECRET, FakeClock())
    assert ours.caller(asked(theirs.header(caller, "GET", b"/who"))) == caller
    clock.advance(299)
    sealed = asked(theirs.header(caller, "GET", b"/who"))
    assert ours.caller(sealed) == caller, "clocks differ"
    assert theirs.caller(sealed) == caller
    clock.advance(299)
    assert theirs.caller(sealed) == caller
    clock.advance(2)
    assert theirs.caller(sealed) is None
    assert ours.caller(asked(theirs.header(caller, "GET", b"/who"))) is None


def asked(header: tuple[str, str]) -> Scope:
    name, value = header
    return {"type": "http", "method": "GET", "path": "/who", "headers": [(name.encode(), value.encode())]}


async def test_while_nobody_leads_a_request_waits_and_is_done_once() -> None:
    async with sites("a", "b", "c") as made:
        a, b, c = made
        a.leases.table.barred, a.leases.table.lease = {"a", "b", "c"}, None
        await eventually(lambda: not any(each.hears_of_a_leader for each in made), what="nobody is known to lead")
        waiting = [asyncio.create_task(ask(each, "POST", "/do", json={})) for each in made]
        await asyncio.sleep(0)
        hand_over(made, c)
        answers = await asyncio.gather(*waiting)
        assert [(each.status_code, each.json().get("code")) for each in answers] == [(202, None)] * 3
        assert (len(a.done), len(b.done), len(c.done)) == (0, 0, 3)


async def test_what_may_have_been_done_is_not_sent_again_unless_that_is_harmless() -> None:
    async with sites("a", "b", "c") as made:
        a, b, c = made
        a.goes_on.clear()
        unsafe = asyncio.create_task(ask(c, "POST", "/do", json={}))
        # a key that is the connection's alone is not sent on, and so protects nothing
        own_key = {"Idempotency-Key": "k", "Connection": "keep-alive, Idempotency-Key"}
        no_key = asyncio.create_task(ask(c, "POST", "/do", json={}, headers=own_key))
        keyed = asyncio.create_task(ask(c, "POST", "/do", json={}, headers={"Idempotency-Key": "k"}))
        await eventually(lambda: len(a.done) == 3, what="all have arrived")
        hand_over(made, b)
        *refused, answer = await asyncio.gather(unsafe, no_key, keyed)
        assert [(each.status_code, each.json()["code"]) for each in refused] == [(503, "leader_lost")] * 2
        assert (answer.status_code, answer.json().get("name")) == (202, "b"), answer.text
        assert len(b.done) == 1


async def test_a_leader_that_is_not_there_any_more_is_waited_for_and_its_successor_gets_the_request() -> None:
    async with sites("a", "b", "c") as made:
        _, b, c = made
        lease = c.leases.table.lease
        assert lease is not None
        gone = c.leases.table.lease = type(lease)(
            **{each: getattr(lease, each) for each in lease.__slots__}
            | {"address": "http://127.0.0.1:9", "holder": "x"}
        )
        await eventually(lambda: str(gone.holder) in str(c.leadership.standing.value), what="c follows who is gone")
        waiting = asyncio.create_task(ask(c, "POST", "/do", json={}))
        hand_over(made, b)
        assert (await waiting).json() == {"name": "b"}
        assert len(b.done) == 1


async def test_a_hub_that_ends_answers_itself_where_its_leader_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who leads may have just begun, and be slow; a connection that is cut says nothing."""
    for module in (guide, forwarding):
        monkeypatch.setattr(module, "ANSWER_SECONDS", 0.05)
    async with deadline(), sites("a", "b") as (a, b):
        a.goes_on.clear()
        unsafe = asyncio.create_task(ask(b, "POST", "/do", json={}))
        keyed = asyncio.create_task(ask(b, "POST", "/do", json={}, headers={"Idempotency-Key": "k"}))
        await eventually(lambda: len(a.done) == 2, what="both have arrived")
        b.closing.set()
        answers = await asyncio.gather(unsafe, keyed)
        assert [each.json()["code"] for each in answers] == ["leader_lost", "no_leader"]
        assert (await ask(b)).json()["name"] == "a", "what is answered is passed on as before"
        a.leases.table.barred, a.leases.table.lease = {"a", "b"}, None
        await eventually(lambda: not b.hears_of_a_leader, what="nobody is known to lead")
        assert (await ask(b)).json()["code"] == "no_leader"


async def test_the_rest_of_an_upload_is_no_upload() -> None:
    """Its beginning went to a hub that did not lead any more: it is told to be sent anew."""
    async with sites("a", "b", "c") as made:
        a, b, c = made
        has_begun, goes_on = asyncio.Event(), asyncio.Event()

        async def picture() -> AsyncIterator[bytes]:
            yield b"beginning "
            has_begun.set()
            await goes_on.wait()
            yield b"end"

        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        a.does_not_lead = True
        uploading = asyncio.create_task(ask(c, "POST", "/api/artifacts", content=picture(), headers=kind))
        async with deadline():
            await has_begun.wait()
            await a.refused.wait()
            hand_over(made, b)
            goes_on.set()
            refused = await uploading
            assert (refused.status_code, refused.json()["code"]) == (503, "no_leader")
            assert b.done == []
            await eventually(lambda: "holder='b'" in str(c.leadership.standing.value), what="c follows b")
            assert (await ask(c, "POST", "/api/artifacts", content=picture(), headers=kind)).status_code == 202
        assert b.done == [b"beginning end"]


async def test_a_stream_of_events_ends_with_its_leader_and_is_no_broken_answer() -> None:
    async with (
        sites("a", "b", "c") as made,
        loopback_client(made[2].url) as http,
        http.stream("GET", "/events") as answer,
        deadline(),
    ):
        pieces = answer.aiter_bytes()
        assert await anext(pieces) == b"data: a\n\n"
        hand_over(made, made[1])
        assert [each async for each in pieces] == []


async def test_half_a_download_without_a_length_is_no_whole_one() -> None:
    """By way of the hub that led itself, and of one that follows."""
    async with sites("a", "b", "c") as made, AsyncExitStack() as stack, deadline():
        answers = []
        for asked in (made[0], made[2]):
            http = await stack.enter_async_context(loopback_client(asked.url))
            answer = await stack.enter_async_context(http.stream("GET", "/download"))
            pieces = answer.aiter_bytes()
            assert await anext(pieces) == b"the first half"
            answers.append(pieces)
        hand_over(made, made[1])
        for pieces in answers:
            with pytest.raises(httpx.RemoteProtocolError):
                await anext(pieces)


async def test_a_browsers_stream_outlives_its_leader_and_goes_on_from_where_it_was() -> None:
    async with sites("a", "b", "c") as made:
        a, b, c = made
        async with connect(f"ws{c.url.removeprefix('http')}/ws/session/s?since=7", proxy=None) as socket, deadline():
            assert '"of": "a"' in str(await socket.recv())
            await socket.send("ping")
            assert await socket.recv() == '{"type":"pong"}'
            hand_over(made, b)
            assert '"of": "b"' in str(await socket.recv())
        assert (a.since, b.since) == (["7"], ["100"])


async def test_a_stream_that_began_without_the_broker_outlives_its_leader_all_the_same() -> None:
    relay = FakeRelay()
    relay.go_away()
    async with sites("a", "b", "c", relay=relay) as made:
        _, b, c = made
        async with connect(f"ws{c.url.removeprefix('http')}/ws/session/s", proxy=None) as socket, deadline():
            assert '"of": "a"' in str(await socket.recv())
            relay.come_back()
            hand_over(made, b)
            assert '"of": "b"' in str(await socket.recv())
        assert b.since == ["100"], "from where it was"
