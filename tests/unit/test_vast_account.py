"""The account's REST interface: what each answer means, above all whether something may have been rented."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from tests.waiting import deadline
from vibes.generators.errors import (
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.vastai.account import OfferGone, VastAccount
from vibes.generators.vastai.key import account_key
from vibes.generators.vastai.pace import CREATE_PENALTY_SECONDS, Pace

URL = "https://console.vast.ai"
ORDER = f"{URL}/api/v0/asks/7/"
PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
GONE = {"success": False, "error": "invalid_args", "msg": "error 404/3603: no_such_ask is not available", "ask_id": 7}


def _json(value: Any) -> httpx.Response:
    """With NaN and infinity, as Python's own servers write them."""
    return httpx.Response(200, text=json.dumps(value))


def account() -> VastAccount:
    return VastAccount("key", pace=Pace(0.0))


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, GONE, OfferGone),
        (410, {"success": False, "error": "no_such_ask", "msg": "error 410/3907"}, OfferGone),
        (400, {"success": False, "error": "invalid_price", "msg": "price"}, InvalidInput),
        (400, {"success": False, "msg": "Insufficient credit"}, OutOfCredit),
        (400, {"success": False, "error": "missing_billing"}, OutOfCredit),
        (429, {"detail": "API requests too frequent endpoint threshold=4.5"}, RateLimited),
        (429, "API requests too frequent", RateLimited),
        (401, {"msg": "Invalid user key"}, Misconfigured),
        (403, {"msg": "missing permission"}, Misconfigured),
        (200, {"success": False, "error": "no"}, InvalidInput),
        (200, PAGE, MaybePaid),
        (200, {"success": True}, MaybePaid),
        (500, {"error": "internal"}, MaybePaid),
        (502, PAGE, MaybePaid),
    ],
)
@respx.mock
async def test_only_an_order_that_was_refused_for_sure_counts_as_refused(
    status: int, body: Any, error: type[GeneratorError]
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    respx.put(ORDER).mock(return_value=httpx.Response(status, text=text))
    with pytest.raises(error):
        await account().rent(7, {})


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.ReadTimeout("slow"), MaybePaid),
        (httpx.WriteError("cut"), MaybePaid),
        (httpx.RemoteProtocolError("cut"), MaybePaid),
    ],
)
@respx.mock
async def test_an_order_on_a_broken_line_may_have_arrived_unless_there_was_no_line(
    broken: httpx.HTTPError, error: type[GeneratorError]
) -> None:
    respx.put(ORDER).mock(side_effect=broken)
    with pytest.raises(error) as raised:
        await account().rent(7, {})
    assert type(raised.value) is error


@respx.mock
async def test_a_list_is_whole_or_none() -> None:
    route = respx.get(f"{URL}/api/v1/instances/")
    first = {"instances": [{"id": 1, "label": "a"}], "next_token": "more"}
    route.side_effect = [httpx.Response(200, json=first), httpx.Response(200, json={"instances": [{"id": 2}]})]
    assert [each.id for each in await account().instances()] == [1, 2]
    for second in (
        httpx.Response(502, text=PAGE),
        httpx.Response(200, text=PAGE),
        httpx.Response(200, json={"instances": None}),
        httpx.Response(200, json={"instances": [{"label": "without an id"}]}),
        httpx.Response(200, json=first),
        httpx.ReadTimeout("slow"),
    ):
        route.side_effect = [httpx.Response(200, json=first), second]
        with pytest.raises(Unavailable):
            await account().instances()


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (httpx.Response(200, json={"instances": None}), True),
        (httpx.Response(404, json={"error": "not_found"}), True),
        (httpx.Response(200, json={"instances": {"id": 5, "actual_status": None}}), False),
        (httpx.Response(200, json={}), False),
    ],
)
@respx.mock
async def test_only_null_in_the_place_of_the_instance_means_gone(answer: httpx.Response, gone: bool) -> None:
    respx.get(f"{URL}/api/v0/instances/5/").mock(return_value=answer)
    assert await account().is_gone(5) is gone


@respx.mock
async def test_an_address_is_read_from_a_port_in_words_and_a_host_with_spaces() -> None:
    row = {
        "id": 5,
        "public_ipaddr": " 203.0.113.7 \n",
        "ports": {"22/tcp": [{"HostPort": "1"}], "8188/tcp": [{"HostIp": "0.0.0.0", "HostPort": "41234"}]},  # noqa: S104 - as it is told
        "actual_status": "running",
    }
    other = {"id": 6, "public_ipaddr": "203.0.113.8", "ports": {}, "actual_status": None}
    respx.get(f"{URL}/api/v1/instances/").mock(return_value=httpx.Response(200, json={"instances": [row, other]}))
    first, second = await account().instances()
    assert first.address == ("203.0.113.7", 41234)
    assert (second.address, second.status) == (None, None)


@respx.mock
async def test_one_destroyed_twice_is_destroyed() -> None:
    route = respx.delete(f"{URL}/api/v0/instances/5/")
    route.side_effect = [httpx.Response(200, json={"success": True}), httpx.Response(404, json={"error": "not_found"})]
    await account().destroy(5)
    await account().destroy(5)
    assert route.call_count == 2


@respx.mock
async def test_a_days_quota_of_searches_is_no_reason_to_hold_up_anything_else() -> None:
    route = respx.post(f"{URL}/api/v0/bundles/")
    quota = {"error": "search_quota_exceeded", "msg": "daily search quota"}
    route.side_effect = [httpx.Response(429, json=quota), httpx.Response(200, json={"offers": [{"id": 1}]})]
    asked = account()
    with pytest.raises(RateLimited) as refused:
        await asked.offers({})
    assert refused.value.retry_after == 3600
    assert await asked.offers({}) == [], "an offer that says no price is none"


@respx.mock
async def test_prices_that_no_cap_holds_against_are_none() -> None:
    whole = {"id": 1, "machine_id": 2, "dph_total": 0.3}
    odd = [float("nan"), float("inf"), -0.3, 0, True, 10**400, "0.3", None]
    rows = [{**whole, "dph_total": each} for each in odd]
    traffic = [{**whole, "inet_down_cost": each, "inet_up_cost": each} for each in odd if each != 0]
    found = [{"id": 1, "dph_total": each, "start_date": each, "machine_id": each} for each in odd]
    respx.post(f"{URL}/api/v0/bundles/").mock(return_value=_json({"offers": [*rows, *traffic, whole]}))
    respx.get(f"{URL}/api/v1/instances/").mock(return_value=_json({"instances": found}))
    offers, instances = await account().offers({}), await account().instances()
    assert {(each.hourly_usd, each.download_usd, each.upload_usd) for each in offers} == {(0.3, 0.0, 0.0)}
    assert {each.hourly_usd for each in instances} == {None}


@pytest.mark.parametrize("credit", [float("nan"), True, 10**400, None])
@respx.mock
async def test_a_credit_that_is_no_number_is_not_told(credit: object) -> None:
    respx.get(f"{URL}/api/v0/users/current/").mock(return_value=_json({"credit": credit}))
    with pytest.raises(Unavailable):
        await account().credit()


@pytest.mark.parametrize("advice", ["nan", "-5", "inf", "soon"])
@respx.mock
async def test_an_advice_to_wait_that_is_no_time_is_not_taken(advice: str) -> None:
    answer = httpx.Response(429, headers={"Retry-After": advice}, json={"detail": "too often"})
    respx.put(ORDER).mock(return_value=answer)
    with pytest.raises(RateLimited) as refused:
        await account().rent(7, {})
    assert refused.value.retry_after == CREATE_PENALTY_SECONDS


@respx.mock
async def test_a_key_that_is_told_back_is_in_no_message() -> None:
    route = respx.get(f"{URL}/api/v0/users/current/")
    told = "no user has the key very-secret"
    for answer in (httpx.Response(401, json={"msg": told}), httpx.Response(403, text=told)):
        route.mock(return_value=answer)
        with pytest.raises(Misconfigured) as refused:
            await VastAccount("very-secret", pace=Pace(0.0)).credit()
        assert "secret" not in str(refused.value)


def test_a_key_is_taken_without_the_line_end_that_was_copied_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAST_API_KEY", " a-key\r\n")
    assert account_key() == "a-key"


@pytest.mark.parametrize("key", ["\u2713-secret", "two secrets", "secret\x00x", "secret\nsecond"])
def test_a_key_that_fits_into_no_header_is_told_without_it(key: str, tmp_path: Path) -> None:
    """Whoever rents says so, and the hub goes on without."""
    (tmp_path / ".env").write_text(f'VAST_API_KEY="{key}"\n', encoding="utf-8")
    with pytest.raises(Misconfigured, match="VAST_API_KEY must") as refused:
        account_key([tmp_path / ".env"])
    assert "secret" not in str(refused.value)


@respx.mock
async def test_an_answer_without_an_end_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its bytes comes in time, so that no limit of a single read ends it: nothing else could be given back."""
    monkeypatch.setattr("vibes.generators.vastai.account.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("vibes.generators.vastai.account.CREATE_SECONDS", 0.2)

    async def drops() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b" "

    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1024**2)

    lists, orders = respx.get(f"{URL}/api/v1/instances/"), respx.put(ORDER)
    for endless in (drops, flood):
        lists.mock(side_effect=lambda _, body=endless: httpx.Response(200, content=body()))
        orders.mock(side_effect=lambda _, body=endless: httpx.Response(200, content=body()))
        async with deadline():
            with pytest.raises(Unavailable):
                await account().instances()
            with pytest.raises(MaybePaid):
                await account().rent(7, {})


@respx.mock
async def test_a_list_that_no_parser_reads_is_none() -> None:
    respx.get(f"{URL}/api/v1/instances/").mock(return_value=httpx.Response(200, text="[" * 100_000))
    with pytest.raises(Unavailable):
        await account().instances()


@respx.mock
async def test_no_answer_is_asked_for_elsewhere_and_the_key_goes_nowhere_else() -> None:
    respx.get(f"{URL}/api/v0/users/current/").mock(
        return_value=httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
    )
    with pytest.raises(Unavailable):
        await account().credit()
