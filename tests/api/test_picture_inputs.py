"""Pictures that a workflow starts from: by parent, by artifact, by data URI; each mistake named by its parameter."""

import base64
import hashlib
import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from tests.api.conftest import Studio
from tests.api.machines import DREAMSHAPER, drawn, machines
from tests.fakes import png


def uri(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


async def upscale(studio: Studio, **body: Any) -> Any:
    return await studio.http.post("/api/generate", json={"workflow": "upscale_esrgan", **body})


async def uploaded_names(studio: Studio) -> set[str]:
    graphs = [graph for node in studio.fleet.nodes.values() for graph in node.graphs.values()]
    return {body["inputs"]["image"] for graph in graphs for body in graph.values() if body["class_type"] == "LoadImage"}


async def test_an_uploaded_picture_reaches_the_node_under_the_hash_of_its_content(studio: Studio) -> None:
    artifact = (await studio.http.post("/api/artifacts", files={"file": ("x", png())})).json()["artifact_id"]
    for _ in range(2):
        response = await upscale(studio, parameters={"image": f"artifact:{artifact}"})
        assert response.status_code == 202, response.text
        await studio.finished_batch(response.json()["batch_id"])
    assert await uploaded_names(studio) == {f"vibes/{artifact}.png"}
    assert studio.fleet["fast"].uploads == [f"{artifact}.png"], "once a content"


async def test_a_transparent_picture_reaches_the_node_on_white(studio: Studio) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(content, "PNG")
    artifact = (await studio.http.post("/api/artifacts", files={"file": ("x", content.getvalue())})).json()
    assert artifact["notes"] == ["Where it is transparent, pictures start from white."]
    response = await upscale(studio, parameters={"image": f"artifact:{artifact['artifact_id']}"})
    await studio.finished_batch(response.json()["batch_id"])
    white = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(white, "PNG", compress_level=1)
    assert await uploaded_names(studio) == {f"vibes/{hashlib.sha256(white.getvalue()).hexdigest()}.png"}


async def test_a_data_uri_is_an_upload_too_also_in_the_task_contract(studio: Studio) -> None:
    response = await upscale(studio, parameters={"image": uri(png())})
    assert response.status_code == 202, response.text
    await studio.finished_batch(response.json()["batch_id"])
    task = await studio.http.post("/generate", json={"workflow_id": "upscale_esrgan", "params": {"image": uri(png())}})
    assert task.status_code == 202, task.text
    assert len(await uploaded_names(studio)) == 1


BASE64 = base64.b64encode(png()).decode()
WRITTEN = {
    "in lines of 76": "data:image/png;base64," + base64.encodebytes(png()).decode(),
    "in lines that Windows ends": "data:image/png;base64,\r\n  " + BASE64[:40] + "\r\n  " + BASE64[40:] + "\r\n",
    "with a line break behind it": uri(png()) + "\n",
    "with white space before it": "  \n" + uri(png()),
    "in the alphabet of URLs": "data:image/png;base64," + BASE64.replace("+", "-").replace("/", "_"),
    "with its scheme in capitals": "DATA:image/png;base64," + BASE64,
    "with base64 in capitals": "data:image/png;BASE64," + BASE64,
    "with parameters": "data:image/png;charset=utf-8; name=cat.png; base64," + BASE64,
    "without a media type": "data:;base64," + BASE64,
    "without padding": "data:image/png;base64," + BASE64.rstrip("="),
    "percent-encoded": "data:image/png;base64," + quote(BASE64, safe=""),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=list(WRITTEN))
async def test_a_data_uri_is_read_as_people_write_it(studio: Studio, written: str) -> None:
    response = await upscale(studio, parameters={"image": written})
    assert response.status_code == 202, response.text
    plain = await upscale(studio, parameters={"image": uri(png())})
    assert response.json()["generations"][0]["parameters"] == plain.json()["generations"][0]["parameters"]


def damage(studio: Studio, generation: dict[str, Any]) -> None:
    """Its file is cut, as a full disk or a bad sector leaves it."""
    path = studio.folder / "data" / "images" / generation["session_id"] / f"{generation['id']}.png"
    path.write_bytes(path.read_bytes()[:100])


async def test_a_damaged_picture_to_start_from_is_told_in_a_sentence(studio: Studio) -> None:
    first = (await studio.http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})).json()
    parent = (await studio.finished_batch(first["batch_id"]))["generations"][0]
    damage(studio, parent)
    asked = (await upscale(studio, **{"from": [parent["id"]]})).json()
    told = (await studio.finished_batch(asked["batch_id"]))["generations"][0]["error_message"]
    assert told.startswith(f"the picture of generation {parent['id']} is damaged on disk (it is cut off): ")


async def test_a_damaged_upload_is_refused_with_the_parameter(studio: Studio) -> None:
    artifact = (await studio.http.post("/api/artifacts", files={"file": ("x", png())})).json()["artifact_id"]
    path = studio.folder / "data" / "artifacts" / f"{artifact}.png"
    for rest in (b"", path.read_bytes()[:-20]):
        path.write_bytes(rest)
        response = await upscale(studio, parameters={"image": f"artifact:{artifact}"})
        if response.status_code == 202:  # the header is whole: it shows when the picture is needed
            batch = await studio.finished_batch(response.json()["batch_id"])
            assert "is damaged on disk" in batch["generations"][0]["error_message"]
        else:
            assert response.status_code == 422
            assert f"the upload {artifact} is damaged on disk" in response.json()["detail"]


async def test_naming_a_generation_is_the_same_as_starting_from_it(studio: Studio) -> None:
    first = (await studio.http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})).json()
    parent = (await studio.finished_batch(first["batch_id"]))["generations"][0]["id"]
    by_parameter = (await upscale(studio, parameters={"image": f"generation:{parent}"})).json()["generations"][0]
    by_parent = (await upscale(studio, **{"from": [parent]})).json()["generations"][0]
    assert by_parameter["parent_id"] == by_parent["parent_id"] == parent
    assert by_parameter["parameters"]["image"] == by_parent["parameters"]["image"] == f"generation:{parent}"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "upload one to /api/artifacts"),
        ("cat.png", "must be artifact:<id>"),
        ("artifact:" + "0" * 64, "there is no artifact"),
        ("artifact:../../vibes.db", "there is no artifact"),
        ("generation:nobody", "there is no generation nobody"),
        (7, "must be artifact:<id>"),
        ("data:image/png,abc", "must hold base64"),
        ("data:image/png;base64,%%%", "is no base64"),
        (uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "it is a drawing (SVG), not pixels; export it as PNG"),
        (uri(png()[:-30]), "damaged"),
    ],
)
async def test_each_mistake_names_the_parameter_and_queues_nothing(studio: Studio, value: Any, sentence: str) -> None:
    response = await upscale(studio, parameters={} if value is None else {"image": value})
    assert response.status_code == 422, response.text
    assert [problem["field"] for problem in response.json()["errors"]] == ["image"]
    assert sentence in response.json()["detail"]
    assert (await studio.http.get("/api/generations")).json()["generations"] == []


async def test_parents_for_a_workflow_without_pictures_are_refused(studio: Studio) -> None:
    first = (await studio.http.post("/api/generate", json={"prompt": "a cat", "model_family": "sd15"})).json()
    parent = (await studio.finished_batch(first["batch_id"]))["generations"][0]["id"]
    response = await studio.http.post(
        "/api/generate", json={"prompt": "x", "workflow": "sd15_txt2img", "from": [parent]}
    )
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "from")


async def uploaded(studio: Studio) -> str:
    answer = (await studio.http.post("/api/artifacts", files={"file": ("x", png())})).json()
    return f"artifact:{answer['artifact_id']}"


async def test_the_pictures_of_a_request_say_what_is_done_with_them(tmp_path: Path) -> None:
    """A picture of one's own is started from, a mask is painted into: nobody has to know a workflow's name."""
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        own = await uploaded(studio)
        asked = {"prompt": "a cat", "model_family": "sd15", "steps": 2, "denoise_strength": 0.4}
        first = await drawn(studio, **asked, parameters={"image": own})
        assert (first["workflow"], first["parent_id"], first["parameters"]["image"]) == ("sd15_img2img", None, own)
        repainted = await drawn(studio, **asked, parameters={"mask": own}, **{"from": [first["id"]]})
    assert (repainted["workflow"], repainted["parent_id"]) == ("sd15_inpaint", first["id"])
    assert repainted["parameters"]["image"] == f"generation:{first['id']}"


async def test_a_family_that_cannot_paint_into_a_picture_says_so(studio: Studio) -> None:
    own = await uploaded(studio)
    body = {"prompt": "a cat", "model_family": "z-image", "parameters": {"image": own, "mask": own}}
    refused = await studio.http.post("/api/generate", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "no_workflow")
    assert "inpaint" in refused.json()["detail"]
