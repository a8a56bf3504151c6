"""Request bodies that are small but costly to read: each is refused at once, in an answer smaller than itself."""

import json
import re
import time

import pytest

from tests.api.conftest import Studio
from tests.waiting import eventually
from vibes.api.http.bodies import MAX_NESTING, MAX_VALUES, json_refusal, takes_file
from vibes.api.http.problems import MAX_PROBLEMS

JSON = {"content-type": "application/json"}
ROUTES = (
    *("/api/generate", "/api/generate/batch", "/api/generate/estimate", "/api/sessions", "/api/jobs"),
    *("/api/workflows/import", "/api/generations/discard", "/api/generations/archive", "/generate"),
)
NOT_HELD = {
    '"a\\u0000b"': "contains the character NUL",
    '{"b\\u0000":1}': "contains the character NUL",
    "NaN": "not a finite number",
    "-Infinity": "not a finite number",
    "1e999": "not a finite number",
}
HALF = '"\\ud800"'
"""Half of a surrogate pair, as JSON escapes it."""


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def repeated(item: str, count: int) -> str:
    return ",".join([item] * count)


BOMBS = {
    "800,000 wrong items": f'{{"from":[{repeated("0", 500_000)}],"loras":[{repeated("0", 300_000)}]}}',
    "wrong items, fewer": f'{{"from":[{repeated("0", 30_000)}],"loras":[{repeated("0", 30_000)}],"ids":[0]}}',
    "unknown fields": "{" + ",".join(f'"k{number}":0' for number in range(90_000)) + "}",
    "parameters of no type": f'{{"prompt":"x","parameters":{{{",".join(f""""p{n}":null""" for n in range(60_000))}}}}}',
    "900 nested objects": f'{{"config":{nested(900)},"payload":{nested(900)},"graph":{nested(900)}}}',
    "100,000 brackets": "[" * 100_000 + "]" * 100_000,
    "tasks that are none": f'{{"kind":"workflow","payload":{{"tasks":[{repeated("0", 90_000)}]}}}}',
    "a result of mistakes": '{"kind":"workflow","payload":{"tasks":[{"id":"t","type":"sd15.text2img","inputs":{}}],'
    f'"return":[{repeated(chr(34) + "@nobody.images" + chr(34), 90_000)}]}}}}',
    "half a character": f'{{"config":{{"a":{HALF}}},"prompt":{HALF},"name":{HALF},{HALF}:1}}',
    "zero bytes": '{"prompt":"a"}'.encode("utf-16").decode("latin-1"),
    "a number of 5,000 digits": '{"seed":' + "1" * 5000 + "}",
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_bomb_is_refused_in_few_words(studio: Studio, bomb: str) -> None:
    body = BOMBS[bomb].encode("latin-1")
    for route in ROUTES:
        before = time.thread_time()
        answer = await studio.http.post(route, content=body, headers=JSON)
        assert answer.status_code in {400, 413, 422}, answer.text[:200]
        assert len(answer.json()["errors"]) <= MAX_PROBLEMS
        assert len(answer.content) < 30_000, "an answer is no bomb itself"
        assert time.thread_time() - before < 2.0, "many times what such a body costs when it is refused at once"


@pytest.mark.parametrize(
    ("method", "route", "body"),
    [
        ("POST", "/api/sessions/{session}/advance", f'{{"selected":[{HALF}]}}'),
        ("PATCH", "/api/sessions/{session}", f'{{"config":{{{HALF}:1}}}}'),
        ("POST", "/api/generations/restore", f'{{"ids":[{HALF}]}}'),
        ("PATCH", "/api/queue", f'{{"action":"move","to":"front","generation_ids":[{HALF}]}}'),
        ("PATCH", "/api/queue", f'{{"action":{HALF}}}'),
        ("POST", "/api/generate/estimate", f'{{"prompt":"a","model_family":"sd15","parameters":{{{HALF}:1}}}}'),
        ("POST", "/api/jobs", f'{{"kind":"workflow","payload":{{"tasks":[{{"id":{HALF},"type":"x"}}]}}}}'),
        ("POST", "/generate", f'{{"workflow_id":{HALF}}}'),
    ],
)
async def test_half_a_character_is_told_with_its_place(studio: Studio, method: str, route: str, body: str) -> None:
    session = (await studio.http.post("/api/sessions", json={})).json()["id"]
    answer = await studio.http.request(method, route.format(session=session), content=body.encode(), headers=JSON)
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert "half of a surrogate pair" in problem["message"]
    assert problem["pointer"].startswith("/")


async def test_no_route_takes_the_character_nul_or_what_is_no_number(studio: Studio) -> None:
    """Neither in a body, under any name, nor in an address; what one database takes and another does not is no rule."""
    paths: dict[str, dict[str, dict[str, object]]] = (await studio.http.get("/openapi.json")).json()["paths"]
    routes = [(path, method.upper(), told) for path, methods in paths.items() for method, told in methods.items()]
    for path, method, told in routes:
        plain = re.sub(r"\{[^}]*\}", "a", path)
        addresses = [f"{plain}?words=a%00b&limit=1"]
        if "{" in path:
            addresses.append(re.sub(r"\{[^}]*\}", "a%00b", path))
        for address in addresses:
            answer = await studio.http.request(method, address)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameters"), f"{method} {address}"
        if "requestBody" in told and not takes_file(path):
            for value, words in NOT_HELD.items():
                body = f'{{"prompt":"NaN","some":[{{"name":{value}}}]}}'.encode()
                answer = await studio.http.request(method, plain, content=body, headers=JSON)
                [problem] = answer.json()["errors"]
                assert answer.status_code == 422, f"{method} {path}"
                assert problem["pointer"].startswith("/some/0/name")
                assert words in problem["message"]


def test_what_people_send_passes() -> None:
    prompt = 'a "quoted" [bracketed], {curly} \\ud83d\\ude00 ' * 3000
    deep = json.loads("[" * (MAX_NESTING - 1) + "1" + "]" * (MAX_NESTING - 1))
    for value in (
        {"prompt": prompt},
        {"x": deep},
        list(range(MAX_VALUES - 10)),
        {"emoji": "\U0001f5fc"},
        {"prompt": "NaN, Infinity, \\u0000 and 1e999 as words", "seed": 2**64 - 1, "ratio": 1e300},
        "\\ud800",
        {},
    ):
        assert json_refusal(json.dumps(value).encode()) is None
        assert json_refusal(json.dumps(value, ensure_ascii=False).encode()) is None


@pytest.mark.parametrize(
    "text",
    [
        f'{{"x": {nested(MAX_NESTING)}}}',
        f"[{repeated('1', MAX_VALUES + 2)}]",
        '["\\\\", "\\udc00"]',
        "\x00",
        '["\\udfff',
    ],
)
def test_what_nobody_sends_does_not(text: str) -> None:
    refused = json_refusal(text.encode())
    assert (refused is None) == (text == '["\\udfff'), "malformed is told by who parses it"


async def test_a_thousand_of_the_longest_prompts_are_not_stored_and_told_a_thousand_times(studio: Studio) -> None:
    body = {"prompt": "x" * 100_000, "model_family": "sd15", "count": 1000}
    refused = await studio.http.post("/api/generate/batch", json=body)
    assert refused.status_code == 422
    [problem] = refused.json()["errors"]
    assert (problem["field"], "at most 167 at a time" in problem["message"]) == ("count", True)
    job = {"tasks": [{"id": "t", "type": "sd15.text2img", "inputs": {"prompt": "x" * 100_000, "count": 1000}}]}
    accepted = await studio.http.post("/api/jobs", json={"kind": "workflow", "payload": job})
    job_id = accepted.json()["job_id"]

    async def failed() -> bool:
        told = (await studio.http.get(f"/api/jobs/{job_id}")).json()
        return told["status"] == "failed" and "at most 167 at a time" in told["error"]["message"]

    await eventually(failed, what="the job says why")
    assert (await studio.http.get("/api/generations")).json()["total"] == 0
    body |= {"prompt": "x" * 10_000, "count": 3}
    assert (await studio.http.post("/api/generate/batch", json=body)).status_code == 202
