"""A workflow as ComfyUI's editor saves it, or inside a picture, is imported like an export."""

import io
import json
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.services.test_workflow_import import SHIPPED, files_in
from tests.unit.import_exports import sampled
from tests.unit.ui_canvas import Canvas, painted
from vibes.documents.png_texts import with_text
from vibes.domain.errors import HubError, InvalidRequest
from vibes.recipes.reading import read_recipe
from vibes.services.library.folders import WorkflowFolders
from vibes.services.library.imports import Export, import_workflow
from vibes.workflows.importing.export_reading import classes_in, read_export
from vibes.workflows.importing.importer import Draft
from vibes.workflows.library.layers import read_layers
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.schema import read_schema

PIXEL = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0\0\0")),
        (b"IEND", b""),
    )
)


def ui_file(model: str = "CheckpointLoaderSimple", **more: Any) -> dict[str, Any]:
    canvas = Canvas()
    loader = canvas.add(
        model, ["v1-5-pruned-emaonly.safetensors"], outs="MODEL CLIP VAE", properties={"aux_id": "a/pack"}
    )
    sampler = painted(canvas, (loader, 0))
    decoded = canvas.add("VAEDecode", ins={"samples": (sampler, 0), "vae": (loader, 2)}, outs="IMAGE")
    grown = canvas.add("ImageScaleBy", ["lanczos", 1.5], ins={"image": (decoded, 0)}, outs="IMAGE")
    canvas.add("SaveImage", ["mine"], ins={"images": (grown, 0)})
    canvas.add("MarkdownNote", ["hello"])
    return canvas.document(**more)


def webp(**texts: str) -> bytes:
    """A WebP with these texts in its EXIF, as ComfyUI writes them: the name, a colon, the text."""
    bodies = [f"{name}:{text}".encode() + b"\0" for name, text in texts.items()]
    table = struct.pack("<H", len(bodies))
    start = 8 + 2 + 12 * len(bodies) + 4
    for number, body in enumerate(bodies):
        table += struct.pack("<HHII", 0x010F + number, 2, len(body), start)
        start += len(body)
    exif = b"II*\0" + struct.pack("<I", 8) + table + struct.pack("<I", 0) + b"".join(bodies)
    chunk = b"EXIF" + struct.pack("<I", len(exif)) + exif + b"\0" * (len(exif) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def jpeg(user_comment: str = "", comment: str = "") -> bytes:
    image, exif, file = Image.new("RGB", (8, 8)), Image.Exif(), io.BytesIO()
    if user_comment:
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + user_comment.encode("utf-16-be")
    image.save(file, "JPEG", exif=exif, **({"comment": comment} if comment else {}))
    return file.getvalue()


def imported(own: Path, content: bytes, **more: Any) -> Draft:
    return import_workflow([SHIPPED], own, Export(name="mine", content=content, file="mine.bin"), **more)


def graph_in(own: Path) -> dict[str, Any]:
    graph: dict[str, Any] = json.loads((own / "workflows" / "mine.json").read_text("utf-8"))
    return graph


def test_a_ui_file_becomes_a_workflow_in_api_format(tmp_path: Path) -> None:
    draft = imported(tmp_path, json.dumps(ui_file()).encode())
    found = {each.parameter: each.bind for each in draft.found}
    assert (found["prompt"], found["negative_prompt"]) == ("3.inputs.text", "4.inputs.text")
    assert (found["seed"], found["steps"], found["width"]) == ("6.inputs.seed", "6.inputs.steps", "5.inputs.width")
    assert graph_in(tmp_path)["6"]["inputs"]["model"] == ["1", 0]
    reading = read_layers(WorkflowFolders([SHIPPED, tmp_path]).read())
    assert reading.problems == []
    assert "mine" in reading.workflows


@pytest.mark.parametrize("in_file", ["png", "webp"])
def test_a_picture_brings_the_graph_that_made_it(tmp_path: Path, in_file: str) -> None:
    texts = {"prompt": json.dumps(sampled()), "workflow": json.dumps(ui_file())}
    picture = PIXEL
    for name, text in texts.items():
        picture = with_text(picture, name, text)
    imported(tmp_path, picture if in_file == "png" else webp(**texts))
    assert graph_in(tmp_path) == sampled()


@pytest.mark.parametrize("in_file", ["png", "webp"])
def test_a_picture_with_the_editors_form_alone_is_converted(tmp_path: Path, in_file: str) -> None:
    text = json.dumps(ui_file())
    imported(tmp_path, with_text(PIXEL, "workflow", text) if in_file == "png" else webp(workflow=text))
    assert graph_in(tmp_path)["6"]["class_type"] == "KSampler"


def told_elsewhere() -> dict[str, bytes]:
    """The graph in the ways of sites and savers, which do not write it as ComfyUI does."""
    both = json.dumps({"prompt": sampled(), "workflow": ui_file()})
    as_text = json.dumps({"prompt": json.dumps(sampled()), "extra": {}})
    return {
        "user comment of a JPEG, as Civitai": jpeg(user_comment=both),
        "as a text inside": jpeg(user_comment=as_text),
        "the graph itself": jpeg(user_comment=json.dumps(sampled())),
        "comment of a JPEG": jpeg(comment=as_text),
        "parameters of a PNG": with_text(PIXEL, "parameters", both),
        "comment of a PNG": with_text(PIXEL, "Comment", as_text),
        "a request under its name": with_text(PIXEL, "prompt", json.dumps({"prompt": sampled()})),
    }


@pytest.mark.parametrize("where", told_elsewhere())
def test_a_graph_is_imported_from_wherever_a_recipe_finds_it(tmp_path: Path, where: str) -> None:
    content = told_elsewhere()[where]
    recipe = read_recipe(content)
    assert recipe is not None
    assert recipe.workflow is not None
    imported(tmp_path, content)
    assert graph_in(tmp_path) == sampled()
    assert "KSampler" in classes_in(content)


def test_a_file_with_the_editors_form_beside_other_things_is_converted(tmp_path: Path) -> None:
    imported(tmp_path, json.dumps({"workflow": ui_file(), "prompt": "a cat"}).encode())
    assert graph_in(tmp_path)["6"]["class_type"] == "KSampler"


def test_machines_are_asked_for_the_classes_of_a_graph_that_stands_in_a_request_as_text() -> None:
    content = json.dumps({"input": {"workflow_json": json.dumps(sampled())}}).encode()
    assert "KSampler" in classes_in(content)


def test_a_picture_without_a_workflow_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="the picture holds no workflow") as refused:
        imported(tmp_path, PIXEL)
    assert refused.value.code == "no_workflow"
    assert files_in(tmp_path) == {}


def test_a_class_that_no_machine_has_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    content = json.dumps(ui_file("MagicLoader")).encode()
    with pytest.raises(InvalidRequest, match=r"MagicLoader of the pack a/pack.*install it on a machine") as refused:
        imported(tmp_path, content)
    assert refused.value.code == "missing_classes"
    assert files_in(tmp_path) == {}
    told = {"input": {"required": {"ckpt_name": [["a.safetensors"], {}]}}, "output": ["MODEL", "CLIP", "VAE"]}
    imported(tmp_path, content, schema=read_schema({"MagicLoader": told}))
    assert graph_in(tmp_path)["1"]["inputs"] == {"ckpt_name": "v1-5-pruned-emaonly.safetensors"}


@pytest.mark.parametrize(
    ("class_type", "value", "title"),
    [
        ("ComfyUIDeployExternalNumber", "default_value", {"input_id": "input_scale", "display_name": "Scale"}),
        ("SwarmInputFloat", "value", {"title": "Scale"}),
        ("ETN_Parameter", "default", {"name": "Scale"}),
    ],
)
def test_graph_nodes_that_mark_an_input_for_people_are_honoured(
    tmp_path: Path, class_type: str, value: str, title: dict[str, str]
) -> None:
    marked = {"class_type": class_type, "inputs": {value: 1.5, **title}}
    scaled = {
        "class_type": "ImageScaleBy",
        "inputs": {"image": ["8", 0], "upscale_method": "area", "scale_by": ["50", 0]},
    }
    graph = sampled(n50=marked, n51=scaled, n9={"class_type": "SaveImage", "inputs": {"images": ["51", 0]}})
    draft = imported(tmp_path, json.dumps(graph).encode())
    [found] = [each for each in draft.found if each.bind == f"50.inputs.{value}"]
    assert (found.parameter, found.default) == ("scale", 1.5)


@pytest.mark.parametrize(
    ("title", "value", "expected"),
    [
        ("Count", 3, "count_2"),  # how many pictures a request asks for
        ("Model", "sd15", "model_2"),
        ("Image", "cat.png", "image_2"),  # of the kind that is uploaded, which a text is not
        ("Mask grow", 6, "mask_grow"),
        ("Guidance", 2.5, "guidance"),
        ("Prompt", "a dog", "prompt_2"),  # it is another one's already
    ],
)
def test_a_title_that_means_something_else_in_a_request_gets_a_number(
    tmp_path: Path, title: str, value: object, expected: str
) -> None:
    marked = {"class_type": "SwarmInputAny", "inputs": {"value": value, "title": title}}
    graph = sampled(n50=marked, n51={"class_type": "Other", "inputs": {"image": ["8", 0], "strange": ["50", 0]}})
    graph["9"]["inputs"]["images"] = ["51", 0]
    draft = imported(tmp_path, json.dumps(graph).encode())
    [found] = [each for each in draft.found if each.bind == "50.inputs.value"]
    assert found.parameter == expected
    assert read_layers(WorkflowFolders([SHIPPED, tmp_path]).read()).problems == []


def test_of_what_is_saved_the_author_may_have_chosen(tmp_path: Path) -> None:
    document = ui_file(extra={"linearData": {"inputs": [], "outputs": ["11"]}})
    document["nodes"].append({**document["nodes"][8], "id": 11})
    document["nodes"][-1]["inputs"] = [{**document["nodes"][8]["inputs"][0], "link": 99}]
    document["links"].append([99, 8, 0, 11, 0, "IMAGE"])
    assert imported(tmp_path, json.dumps(document).encode()).entry["outputs"] == ["11"]


@pytest.mark.parametrize("odd", ['"\\ud800"', "NaN", "[" * 900 + "]" * 900])
def test_values_that_no_json_can_hold_are_refused_or_left_out(tmp_path: Path, odd: str) -> None:
    text = json.dumps(ui_file()).replace('"a cat"', odd)
    try:
        imported(tmp_path, text.encode())
    except HubError:
        assert files_in(tmp_path) == {}
    else:
        assert graph_in(tmp_path)["3"]["inputs"]["text"] in {"", "?"}


@settings(max_examples=60)
@given(
    st.sampled_from([b"", PIXEL, b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\xff\xd8", b"{", b'{"nodes": [']),
    st.binary(max_size=60),
)
def test_whatever_bytes_are_given_end_in_a_sentence(start: bytes, rest: bytes) -> None:
    with suppress(HubError):
        read_export(start + rest, "x", core_schema())
    classes_in(start + rest)


def test_what_app_mode_shows_becomes_a_field_of_the_form(tmp_path: Path) -> None:
    linear = {
        "inputs": [["8", "scale_by"], ["8", "upscale_method"], ["6", "steps"], ["9", "filename_prefix"]],
        "outputs": ["9"],
    }
    content = json.dumps(ui_file(extra={"linearData": linear, "linearMode": True})).encode()
    draft = imported(tmp_path, content)
    entry = yaml.safe_load(draft.manifest())["mine"]
    where = "graph node 8 (ImageScaleBy, “Upscale Image By”)"
    assert entry["overrides"]["scale_by"] == {
        "type": "number",
        "description": f"scale_by of {where}, chosen by the author of the workflow.",
        "default": 1.5,
        "bind": "8.inputs.scale_by",
    }
    assert not {"filename_prefix", "prefix"} & entry["overrides"].keys(), "the prefix belongs to the hub"
    assert entry["overrides"]["upscale_method"]["bind"] == "8.inputs.upscale_method"
    assert [each.bind for each in draft.found].count("6.inputs.steps") == 1
    assert read_layers(WorkflowFolders([SHIPPED, tmp_path]).read()).problems == []
