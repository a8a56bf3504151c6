"""What an ``/object_info`` says of the inputs that take one of a list, in both encodings, and what it does not say."""

from typing import Any

import pytest

from vibes.domain.nodes.node import ModelFolder
from vibes.nodes.comfyui.reading.object_info import model_files, parse_choices, style_of
from vibes.text.file_names import PathStyle


def of_class(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {class_type: {"input": {"required": inputs}}}


def test_both_encodings_of_a_list_are_read_and_united() -> None:
    object_info = {
        "LoraLoader": {"input": {"required": {"lora_name": [["a.safetensors", "sub/b.safetensors"], {}]}}},
        "LoraLoaderModelOnly": {"input": {"required": {"lora_name": ["COMBO", {"options": ["c.safetensors", 7]}]}}},
        "VAELoader": {"input": {"optional": {"vae_name": [["v.pt"]]}}},
    }
    assert model_files(parse_choices(object_info), ["styles/ink"], PathStyle.POSIX) == {
        ModelFolder.LORAS: {"a.safetensors", "sub/b.safetensors", "c.safetensors"},
        ModelFolder.VAE: {"v.pt"},
        ModelFolder.EMBEDDINGS: {"styles/ink"},
    }


@pytest.mark.parametrize(
    "declaration", [None, [], "COMBO", ["COMBO"], ["COMBO", {}], ["STRING", {"options": ["a"]}], {"0": []}]
)
def test_a_list_in_an_unknown_encoding_offers_nothing(declaration: Any) -> None:
    choices = parse_choices(of_class("LoraLoader", lora_name=declaration))
    assert model_files(choices, (), PathStyle.POSIX)[ModelFolder.LORAS] == frozenset()


@pytest.mark.parametrize(
    ("declaration", "known"),
    [
        ([["euler", "heun"]], {"euler", "heun"}),
        ([["euler"], {"tooltip": "which"}], {"euler"}),
        (["COMBO", {"multiselect": False, "options": ["euler"]}], {"euler"}),
        ([["auto", 1, 2.5, None, True]], {"auto"}),
        ([[1, 2, 4]], None),
        ([[]], None),
        (["COMBO", {"options": []}], None),
        (["COMBO", {"remote": {"route": "/lists"}, "options": ["old"]}], None),
        (["COMBO", {"remote": {"route": "/lists"}}], None),
        ([["a.png"], {"image_upload": True}], None),
        (["COMBO", {"options": ["a.png"], "image_upload": True}], None),
        (["COMBO", {"options": ["a.mp4"], "video_upload": True}], None),
        (["STRING", {"default": "x"}], None),
        ("euler", None),
        (7, None),
    ],
)
def test_what_an_input_takes_is_known_where_the_node_tells_it_and_unknown_otherwise(
    declaration: Any, known: set[str] | None
) -> None:
    assert parse_choices(of_class("Custom", choice=declaration)).get(("Custom", "choice")) == known


def test_the_images_that_lie_in_the_input_folder_are_no_list_of_what_may_be_uploaded() -> None:
    for class_type, name in (("LoadImage", "image"), ("LoadImageMask", "image"), ("LoadLatent", "latent")):
        assert parse_choices(of_class(class_type, **{name: [["of-somebody.png"]]})) == {}


@pytest.mark.parametrize("nonsense", [None, 5, [], {"input": 3}, {"input": {"required": []}}, {"input": None}])
def test_a_class_that_says_nothing_sensible_of_its_inputs_has_none(nonsense: Any) -> None:
    assert parse_choices({"Odd": nonsense}) == {}


def test_equal_lists_are_kept_once_whichever_node_and_class_tells_them() -> None:
    one = parse_choices(of_class("LoraLoader", lora_name=[["a.safetensors"]]))
    other = parse_choices(of_class("LoraStack", lora=[["a.safetensors"]]))
    assert one["LoraLoader", "lora_name"] is other["LoraStack", "lora"]


@pytest.mark.parametrize(
    ("system", "loras", "style"),
    [
        ("nt", ["a.safetensors"], PathStyle.WINDOWS),
        ("win32", ["x\\a.safetensors"], PathStyle.WINDOWS),
        ("posix", ["x/a.safetensors"], PathStyle.POSIX),
        ("linux", ["x/a.safetensors", "odd\\name.safetensors"], PathStyle.POSIX),
        ("darwin", ["a.safetensors"], PathStyle.POSIX),
        ("posix", ["x\\a.safetensors"], PathStyle.DOUBTFUL),
        (None, ["x\\a.safetensors"], PathStyle.WINDOWS),
        (None, ["x\\a.safetensors", "y/b.safetensors"], PathStyle.POSIX),
        (None, ["a.safetensors"], PathStyle.POSIX),
    ],
)
def test_windows_is_told_by_the_system_and_otherwise_by_the_separators(
    system: str | None, loras: list[str], style: PathStyle
) -> None:
    choices = parse_choices({**of_class("LoraLoader", lora_name=[loras]), **of_class("Other", unit=[["km/h", "a\\b"]])})
    assert style_of(system, choices) is style
    if style is PathStyle.WINDOWS:
        assert model_files(choices, (), style)[ModelFolder.LORAS] == {each.replace("\\", "/") for each in loras}
