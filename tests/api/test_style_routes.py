"""Styles, characters and wildcard lists over HTTP, and what requests of every kind make of them."""

import os
from typing import Any

import pytest

from tests.api.conftest import Studio
from tests.waiting import eventually

INK = "sd15-ink-sketch.safetensors"
NOIR = {"name": "Noir", "text": "film noir still of {prompt}, hard light", "negative_prompt": "colour"}
MIRA = {"name": "Mira", "kind": "character", "text": "Mira, a girl with red hair", "loras": [{"name": INK}]}
ASKED = {"prompt": "on a roof", "model_family": "sd15"}


async def sent(studio: Studio, status: int, method: str, path: str, body: Any = None, **headers: str) -> Any:
    response = await studio.http.request(method, f"/api{path}", json=body, headers=headers)
    assert response.status_code == status, response.text
    return response.json() if response.content else None


async def test_a_style_is_kept_changed_deleted_and_brought_back(studio: Studio) -> None:
    made = await sent(studio, 201, "POST", "/styles", NOIR)
    assert (made["kind"], made["version"], made["thumbnail_url"]) == ("style", 1, None)
    again = await sent(studio, 409, "POST", "/styles", {**NOIR, "name": "NOIR"})
    assert again["code"] == "name_taken"
    path = f"/styles/{made['id']}"
    changed = await sent(studio, 200, "PUT", path, {**NOIR, "text": "noir"}, **{"If-Match": '"1"'})
    assert (changed["text"], changed["version"]) == ("noir", 2)
    assert (await sent(studio, 412, "PUT", path, NOIR, **{"If-Match": '"1"'}))["code"] == "style_changed"
    await sent(studio, 204, "DELETE", path)
    assert (await sent(studio, 200, "GET", "/styles"))["styles"] == []
    assert (await sent(studio, 422, "POST", "/generate", {**ASKED, "styles": ["Noir"]}))["code"] == "unknown_style"
    await sent(studio, 200, "POST", f"{path}/restore")
    assert [each["name"] for each in (await sent(studio, 200, "GET", "/styles"))["styles"]] == ["Noir"]
    await sent(studio, 204, "DELETE", path)
    await sent(studio, 201, "POST", "/styles", NOIR)
    assert (await sent(studio, 409, "POST", f"{path}/restore"))["code"] == "name_taken"


async def test_a_picture_keeps_what_was_written_and_what_was_laid_over_it(studio: Studio) -> None:
    await sent(studio, 201, "POST", "/styles", NOIR)
    mira = await sent(studio, 201, "POST", "/styles", MIRA)
    batch = await sent(studio, 202, "POST", "/generate", {**ASKED, "styles": ["noir", mira["id"]]})
    [picture] = batch["generations"]
    assert picture["prompt"] == "film noir still of on a roof, Mira, a girl with red hair, hard light"
    assert picture["negative_prompt"].endswith("colour")
    assert [each["name"] for each in picture["loras"]] == [INK]
    assert picture["written"]["prompt"] == "on a roof"
    assert picture["written"]["styles"] == ["Noir", "Mira"]
    finished = (await studio.finished_batch(batch["batch_id"]))["generations"][0]
    assert finished["written"] == picture["written"]

    body = {**NOIR, "name": "Shown", "thumbnail_id": picture["id"]}
    shown = await sent(studio, 201, "POST", "/styles", body)
    assert shown["thumbnail_url"] == finished["thumbnail_url"]
    assert (await sent(studio, 404, "POST", "/styles", {**NOIR, "name": "X", "thumbnail_id": "gone"})) is not None


async def test_wildcards_are_drawn_by_the_seed_of_each_picture_and_only_when_asked_for(studio: Studio) -> None:
    await sent(studio, 200, "PUT", "/wildcards/animals/wild", {"entries": ["fox", "2::owl", "", "# no entry"]})
    prompt = "a __animals/wild__ with {red|green|blue} eyes"
    asked = {**ASKED, "prompt": prompt, "seed": 1, "count": 20}
    plain = await sent(studio, 202, "POST", "/generate/batch", asked)
    assert {each["prompt"] for each in plain["generations"]} == {prompt}
    assert {repr(each["varied"]) for each in plain["generations"]} == {"{}"}

    batch = await sent(studio, 202, "POST", "/generate/batch", {**asked, "wildcards": True})
    pictures = batch["generations"]
    assert len({each["prompt"] for each in pictures}) > 3
    for each in pictures:
        chosen = each["varied"]
        assert each["prompt"] == f"a {chosen['__animals/wild__']} with {chosen['{red|green|blue}']} eyes"
        assert each["written"]["prompt"] == prompt
    alone = {**asked, "wildcards": True, "seed": pictures[7]["seed"], "count": 1}
    [again] = (await sent(studio, 202, "POST", "/generate/batch", alone))["generations"]
    assert again["prompt"] == pictures[7]["prompt"]
    refused = await sent(studio, 422, "POST", "/generate", {**ASKED, "prompt": "__animals/wyld__", "wildcards": True})
    assert refused["code"] == "invalid_wildcards"
    assert "did you mean animals/wild?" in refused["detail"]

    sheet = await sent(studio, 200, "GET", f"/batches/{batch['batch_id']}/sheet.json")
    redrawn = await sent(studio, 202, "POST", "/generate/variations", sheet)
    assert [each["prompt"] for each in redrawn["generations"]] == [each["prompt"] for each in pictures]
    found = await sent(studio, 200, "GET", f"/generations?q=__animals/wild__ fox&batch_id={batch['batch_id']}")
    assert found["total"] == sum(each["varied"]["__animals/wild__"] == "fox" for each in pictures)


async def test_variations_and_jobs_take_them_too(studio: Studio) -> None:
    await sent(studio, 201, "POST", "/styles", NOIR)
    await sent(studio, 200, "PUT", "/wildcards/animal", {"entries": ["fox", "owl"]})
    axes = {"x": {"parameter": "wording", "find": "roof", "values": ["tree", "boat"]}}
    asked = {**ASKED, "prompt": "__animal__ on a roof", "styles": ["Noir"], "wildcards": True, "axes": axes, "seed": 3}
    pictures = (await sent(studio, 202, "POST", "/generate/variations", asked))["generations"]
    animal = pictures[0]["varied"]["__animal__"]
    assert {each["prompt"] for each in pictures} == {
        f"film noir still of {animal} on a {place}, hard light" for place in ("tree", "boat")
    }
    assert {each["varied"]["wording:roof"] for each in pictures} == {"tree", "boat"}

    inputs = {"prompt": "{fox|owl}", "styles": ["noir"], "wildcards": True, "count": 2}
    task = {"id": "t", "type": "sd15.text2img", "inputs": inputs}
    job = await sent(studio, 202, "POST", "/jobs", {"kind": "workflow", "payload": {"tasks": [task]}})

    async def complete() -> Any:
        told = await sent(studio, 200, "GET", f"/jobs/{job['job_id']}")
        return told if told["status"] == "complete" else None

    done = await eventually(complete, what="the job is complete")
    drawn = await sent(studio, 200, "GET", f"/generations?session_id={done['session_id']}")
    assert {each["prompt"] for each in drawn["generations"]} <= {
        f"film noir still of {animal}, hard light" for animal in ("fox", "owl")
    }


@pytest.mark.parametrize("name", ["../x", "a/../../x", "a b", "__x__", ".hidden", "a%00b"])
async def test_a_list_is_never_written_elsewhere(studio: Studio, name: str) -> None:
    response = await studio.http.put(f"/api/wildcards/{name.replace('/', '%2F')}", json={"entries": ["x"]})
    assert response.status_code in {404, 405, 422}, response.text
    assert not list(studio.folder.rglob("*.txt"))


async def test_lists_are_files_that_anybody_may_edit(studio: Studio) -> None:
    made = await sent(studio, 200, "PUT", "/wildcards/animal", {"entries": ["fox", "owl"]})
    file = studio.folder / "data" / "wildcards" / "animal.txt"
    assert file.read_text() == "fox\nowl\n"
    file.write_text("\ufeffcat\r\n\r\n# comment\r\ndog and more\r\n")
    (file.parent / "bad name.txt").write_text("x")
    told = await sent(studio, 200, "GET", "/wildcards")
    assert told["wildcards"] == [{"name": "animal", "count": 2, "sample": ["cat", "dog and more"]}]
    stale = {"If-Match": f'"{made["tag"]}"'}
    refused = await sent(studio, 412, "PUT", "/wildcards/animal", {"entries": ["x"]}, **stale)
    assert refused["code"] == "wildcard_changed"
    was = await sent(studio, 200, "DELETE", "/wildcards/animal")
    assert was["entries"] == ["cat", "dog and more"]
    await sent(studio, 404, "GET", "/wildcards/animal")
    await sent(studio, 422, "PUT", "/wildcards/animal", {"entries": ["{open"]})


async def test_what_starts_from_a_picture_keeps_what_was_drawn_for_it(studio: Studio) -> None:
    asked = {**ASKED, "prompt": "a {fox|owl|cat|yak|elk|bee} on a roof", "wildcards": True}
    batch = await sent(studio, 202, "POST", "/generate/batch", {**asked, "count": 4, "seed": 1})
    drafts = (await studio.finished_batch(batch["batch_id"]))["generations"]
    again = {**asked, "from": [each["id"] for each in drafts], "count": 8, "seed": 50}
    refined = (await sent(studio, 202, "POST", "/generate/batch", again))["generations"]
    by_id = {each["id"]: each for each in drafts}
    assert len({each["prompt"] for each in drafts}) > 1
    assert [each["prompt"] for each in refined] == [by_id[each["parent_id"]]["prompt"] for each in refined]
    assert [each["varied"] for each in refined] == [by_id[each["parent_id"]]["varied"] for each in refined]
    other = {**again, "prompt": "a {fox|owl|cat|yak|elk|bee} at sea"}
    changed = (await sent(studio, 202, "POST", "/generate/batch", other))["generations"]
    assert all(each["prompt"].endswith(" at sea") for each in changed)


async def test_styles_that_repeat_the_prompt_hundreds_of_times_do_not_fill_the_memory(studio: Studio) -> None:
    """Three such made a prompt of a hundred million characters."""
    names = ["one", "two", "three"]
    for name in names:
        await sent(studio, 201, "POST", "/styles", {"name": name, "text": "{prompt} " * 300})
    await sent(studio, 202, "POST", "/generate", {**ASKED, "styles": names[:1]})
    refused = await sent(studio, 422, "POST", "/generate", {**ASKED, "styles": names})
    assert refused["detail"] == "with the style 'two' the prompt is longer than 65,536 characters"
    assert refused["errors"][0]["field"] == "styles"


async def test_a_list_that_is_put_twice_within_a_tick_of_the_disks_clock_is_the_second_one(studio: Studio) -> None:
    file = studio.folder / "data" / "wildcards" / "hue.txt"
    for entry in ("red", "tan"):
        await sent(studio, 200, "PUT", "/wildcards/hue", {"entries": [entry]})
        os.utime(file, ns=(10**18, 10**18))
        assert (await sent(studio, 200, "GET", "/wildcards/hue"))["entries"] == [entry]


async def test_a_list_whose_name_no_file_could_have_is_refused(studio: Studio) -> None:
    """It was answered as if the disk had failed."""
    refused = await sent(studio, 422, "PUT", f"/wildcards/{'é' * 150}", {"entries": ["x"]})
    assert "too long for the name of a file" in refused["detail"]
    await sent(studio, 200, "PUT", f"/wildcards/{'é' * 60}/{'é' * 60}", {"entries": ["x"]})
