"""What each program writes into a picture, read: settings by our names, samplers by ComfyUI's, files with hashes."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pictures import chunk, ramp, saved
from vibes.documents.png_texts import all_texts, texts, with_text
from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.matching import matched
from vibes.recipes.reading import read_recipe
from vibes.recipes.recipe import RecipeFile
from vibes.recipes.samplers import SAMPLERS, SCHEDULERS, sampling_of

PNG = saved(ramp("RGB"))
DREAM = '"a fox [text, blur] in snow" -s 30 -S 77 -W 512 -H 768 -C 6.5 -A k_dpmpp_2 -f 0.6'
FORGE = (
    "a fox\nSteps: 20, Sampler: Euler, Schedule type: Simple, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 5, "
    'Size: 896x1152, Model hash: 1234567890, Model: flux1-dev, Lora hashes: "ink, old: abc", Version: f2.0.1v1.10.1, '
    "Module 1: ae, Module 2: t5xxl_fp16"
)
CIVITAI = (
    "a fox\nNegative prompt: text\nSteps: 25, Sampler: DPM++ 2M SDE, CFG scale: 6, Seed: 9, Size: 832x1216, Civitai "
    'resources: [{"type":"checkpoint","modelVersionId":290640,"modelName":"Pony","modelVersionName":"V6"},'
    '{"type":"lora","weight":0.7,"air":"urn:air:sdxl:lora:civitai:328553@368189"}], Civitai metadata: {}'
)
SWARM = {
    "sui_image_params": {
        "prompt": "a fox",
        "negativeprompt": "text",
        "model": "xl/juggernaut",
        "seed": 4,
        "steps": 12,
        "cfgscale": 5.5,
        "width": 1024,
        "height": 768,
        "sampler": "dpmpp_2m",
        "scheduler": "karras",
        "loras": ["ink"],
        "loraweights": ["0.4"],
        "swarm_version": "0.9.6",
    },
    "sui_models": [{"name": "xl/juggernaut.safetensors", "param": "model", "hash": "0xABCDEF012345"}],
}
INVOKE = {
    "app_version": "5.4",
    "positive_prompt": "a fox",
    "negative_prompt": "text",
    "seed": 3,
    "steps": 30,
    "width": 1024,
    "height": 1024,
    "cfg_scale": 7.5,
    "scheduler": "dpmpp_2m_k",
    "model": {"name": "Jugger"},
    "loras": [{"model": {"name": "ink"}, "weight": 0.75}],
}
NOVEL = {
    "prompt": "a fox",
    "uc": "text",
    "seed": 8,
    "steps": 28,
    "scale": 5.0,
    "width": 832,
    "height": 1216,
    "sampler": "k_euler_ancestral",
    "noise_schedule": "karras",
}
FOOOCUS = {
    "prompt": "a fox",
    "negative_prompt": "text",
    "seed": "18446744073709551615",
    "steps": 30,
    "resolution": "(896, 1152)",
    "guidance_scale": 4.0,
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "base_model": "jugger",
    "base_model_hash": "aeb7e9e689",
    "performance": "Speed",
    "version": "Fooocus v2.5.5",
    "loras": [["offset", 0.1, "4852686128"]],
}
DRAWN = {
    "c": "a fox",
    "uc": "text",
    "seed": 6,
    "steps": 22,
    "scale": 7.5,
    "size": "512x640",
    "model": "sd_v1.5.ckpt",
    "sampler": "DPM++ 2M Karras",
}
XMP = (
    '<x:xmpmeta><rdf:Description xmp:CreatorTool="Draw Things"><exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">'
    f"{json.dumps(DRAWN).replace(chr(34), '&quot;')}</rdf:li></rdf:Alt></exif:UserComment>"
    "</rdf:Description></x:xmpmeta>"
)

PICTURES: dict[str, tuple[str, str, dict[str, Any], list[tuple[str, str, str | None, float | None]]]] = {
    "Forge": (
        "parameters",
        FORGE,
        {"seed": 5, "guidance": 3.5, "sampler": "euler", "scheduler": "simple", "width": 896},
        [
            ("model", "flux1-dev", "1234567890", None),
            ("vae", "ae", None, None),
            ("text_encoder", "t5xxl_fp16", None, None),
        ],
    ),
    "Civitai": (
        "parameters",
        CIVITAI,
        {"seed": 9, "negative_prompt": "text", "sampler": "dpmpp_2m_sde", "height": 1216},
        [("model", "Pony", None, None), ("lora", "urn:air:sdxl:lora:civitai:328553@368189", None, 0.7)],
    ),
    "SwarmUI": (
        "parameters",
        json.dumps(SWARM),
        {"seed": 4, "cfg_scale": 5.5, "sampler": "dpmpp_2m", "scheduler": "karras", "width": 1024},
        [("model", "xl/juggernaut", "abcdef012345", None), ("lora", "ink", None, 0.4)],
    ),
    "InvokeAI": (
        "invokeai_metadata",
        json.dumps(INVOKE),
        {"prompt": "a fox", "seed": 3, "sampler": "dpmpp_2m", "scheduler": "karras", "cfg_scale": 7.5},
        [("model", "Jugger", None, None), ("lora", "ink", None, 0.75)],
    ),
    "NovelAI": ("Comment", json.dumps(NOVEL), {"seed": 8, "sampler": "euler_ancestral", "scheduler": "karras"}, []),
    "Fooocus": (
        "parameters",
        json.dumps(FOOOCUS),
        {"seed": 2**64 - 1, "width": 896, "height": 1152, "sampler": "dpmpp_2m_sde_gpu"},
        [("model", "jugger", "aeb7e9e689", None), ("lora", "offset", "4852686128", 0.1)],
    ),
    "Draw Things": (
        "XML:com.adobe.xmp",
        XMP,
        {"prompt": "a fox", "negative_prompt": "text", "seed": 6, "sampler": "dpmpp_2m", "scheduler": "karras"},
        [("model", "sd_v1.5.ckpt", None, None)],
    ),
}


@pytest.mark.parametrize("program", PICTURES)
def test_a_picture_of_each_program_is_read(program: str) -> None:
    keyword, text, settings, files = PICTURES[program]
    recipe = read_recipe(with_text(PNG, keyword, text))
    assert recipe is not None
    assert recipe.made_with == program
    assert settings.items() <= recipe.settings.known().items()
    found = [(str(each.kind), each.name, each.hash, each.strength) for each in recipe.files]
    assert [each for each in found if each[1] not in {"ink, old", "old"}] == files


def test_the_line_of_an_early_invokeai_has_its_negative_prompt_in_brackets() -> None:
    recipe = read_recipe(with_text(PNG, "Dream", DREAM))
    assert recipe is not None
    known = recipe.settings.known()
    assert (known["prompt"], known["negative_prompt"]) == ("a fox, in snow", "text, blur")
    assert (known["seed"], known["steps"], known["width"], known["denoise_strength"]) == (77, 30, 512, 0.6)


@pytest.mark.parametrize("pass_told", ["Hires upscale: 2", "Hires resize: 1024x1536", "Hires upscaler: Latent"])
def test_the_strength_of_a_second_pass_is_not_that_of_a_picture_to_start_from(pass_told: str) -> None:
    text = "a fox\nSteps: 20, Sampler: Euler, Seed: 5, Size: 512x768, Denoising strength: 0.4"
    started = read_recipe(with_text(PNG, "parameters", text))
    enlarged = read_recipe(with_text(PNG, "parameters", f"{text}, {pass_told}, Hires steps: 9"))
    assert started is not None
    assert enlarged is not None
    assert (started.settings.denoise_strength, enlarged.settings.denoise_strength) == (0.4, None)
    assert any("second pass" in each for each in enlarged.notes)


@pytest.mark.parametrize(
    ("seed", "told"), [(-1, None), (math.nan, None), (2**64, None), (2**64 - 1, 2**64 - 1), ("7", 7), (None, None)]
)
def test_a_seed_is_one_of_64_bits_or_not_told(seed: object, told: int | None) -> None:
    recipe = read_recipe(with_text(PNG, "Comment", json.dumps({**NOVEL, "seed": seed})))
    assert recipe is not None
    assert recipe.settings.seed == told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("DPM++ 2M Karras", None), ("dpmpp_2m", "karras")),
        (("Euler a", "Automatic"), ("euler_ancestral", "normal")),
        (("DPM++ 2M", "Automatic"), ("dpmpp_2m", "karras")),
        (("DPM++ 2M SDE", "SGM Uniform"), ("dpmpp_2m_sde", "sgm_uniform")),
        (("sample_dpmpp_2m", "normal"), ("dpmpp_2m", "normal")),
        (("k_lms", None), ("lms", None)),
        (("k_dpmpp_2", None), ("dpmpp_2m", None)),
        (("Euler A Substep", None), ("euler_ancestral", "sgm_uniform")),
        (("DPM++ SDE Trailing", None), ("dpmpp_sde", "sgm_uniform")),
        (("Euler a CFG++", "Normal"), ("euler_ancestral_cfg_pp", "normal")),
        (("euler_ancestral_ddim_uniform", None), ("euler_ancestral", "ddim_uniform")),
        (("Unheard of", "Strange"), (None, None)),
    ],
)
def test_samplers_get_comfyuis_names(names: tuple[str, str | None], told: tuple[str | None, str | None]) -> None:
    assert sampling_of(*names) == told


def test_every_name_of_comfyui_is_its_own() -> None:
    assert {sampling_of(each).sampler for each in SAMPLERS} == SAMPLERS
    assert {sampling_of("euler", each).scheduler for each in SCHEDULERS} == SCHEDULERS


def test_files_are_matched_however_their_names_are_spelled_and_near_ones_are_offered() -> None:
    shelf = {FileKind.MODEL: ["sd15/DreamShaper_8.safetensors", "juggernautXL_v9.safetensors"]}
    [same, near, none] = matched(
        [RecipeFile(FileKind.MODEL, name) for name in ("dreamshaper 8", "juggernautXL_v8", "qqq")], shelf
    )
    assert same.on_fleet == "sd15/DreamShaper_8.safetensors"
    assert (near.on_fleet, near.near) == (None, ("juggernautXL_v9.safetensors",))
    assert (none.on_fleet, none.near) == (None, ())


TENSORS = "0123456789abcdef" * 4


def test_the_same_hash_is_the_same_file_whatever_it_is_called() -> None:
    shelf = {FileKind.LORA: ["detail.safetensors", "old/tweaker_v2.safetensors", "tweaker.safetensors", "plain.pt"]}
    known = {"old/tweaker_v2.safetensors": TENSORS, "tweaker.safetensors": TENSORS, "detail.safetensors": "f" * 64}

    def on_fleet(name: str, digits: str | None) -> tuple[str | None, bool]:
        [found] = matched([RecipeFile(FileKind.LORA, name, digits)], shelf, {FileKind.LORA: known})
        return found.on_fleet, found.is_other

    for digits in (TENSORS, TENSORS[:12], TENSORS[:10]):
        assert on_fleet("detail", digits) == ("tweaker.safetensors", False)
        assert on_fleet("Tweaker V2", digits) == ("old/tweaker_v2.safetensors", False)
    assert on_fleet("detail", "a" * 12) == ("detail.safetensors", True), "another file of this name"
    assert on_fleet("detail", "a" * 10) == ("detail.safetensors", False), "the hash of a whole file tells nothing here"
    assert on_fleet("plain", "a" * 12) == ("plain.pt", False), "nothing is known of it"
    assert on_fleet("unheard of", TENSORS[:8]) == (None, False), "A1111's first hash is of another kind"


PIECES = st.sampled_from(
    [*(text for _, text, _, _ in PICTURES.values()), DREAM, "[" * 200, '{"', "<rdf:li", "Steps: 1, a: [", "\ud83d"]
)
KEYWORDS = st.sampled_from(["parameters", "prompt", "workflow", "Comment", "Dream", "sd-metadata", "XML:com.adobe.xmp"])
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(KEYWORDS, PIECES, st.integers(0, 400), st.text(max_size=20))
def test_no_cut_or_mixed_text_breaks_a_reader(keyword: str, text: str, cut: int, more: str) -> None:
    read_recipe(with_text(PNG, keyword, text[:cut] + more + text[cut:]))
    read_recipe(with_text(PNG, keyword, text[: len(text) - cut]))


@given(st.sampled_from([SWARM["sui_image_params"], INVOKE, NOVEL, FOOOCUS, DRAWN]), st.data())
def test_no_value_of_another_kind_breaks_a_reader(members: dict[str, Any], data: st.DataObject) -> None:
    changed = {**members, data.draw(st.sampled_from(sorted(members))): data.draw(JSONS)}
    for keyword, told in (
        *(("parameters", each) for each in (changed, {"sui_image_params": changed})),
        *(("Comment", changed), ("invokeai_metadata", changed)),
    ):
        read_recipe(with_text(PNG, keyword, json.dumps(told)))


def test_the_graph_of_an_animated_png_is_in_a_chunk_of_comfyuis_own() -> None:
    sampled = {"seed": 7, "steps": 20, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}
    links = {"model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}
    graph = {
        "3": {"class_type": "KSampler", "inputs": {**sampled, **links}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red barn", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveAnimatedPNG", "inputs": {"images": ["8", 0]}},
    }
    end = PNG.rindex(chunk(b"IEND", b""))
    content = PNG[:end] + chunk(b"comf", b"prompt\0" + json.dumps(graph).encode()) + PNG[end:]
    recipe = read_recipe(content)
    assert recipe is not None
    assert (recipe.made_with, recipe.settings.prompt, recipe.settings.seed) == ("ComfyUI", "a red barn", 7)
    assert recipe.workflow is not None


def test_texts_that_cannot_be_unpacked_are_tried_a_limited_number_of_times() -> None:
    damaged = chunk(b"zTXt", b"parameters\0\0broken")
    good = with_text(PNG, "parameters", FORGE)
    few, many = (good[:33] + damaged * count + good[33:] for count in (15, 100))
    assert list(texts(few, "parameters")) == [FORGE]
    assert list(all_texts(few)) == [("parameters", FORGE)]
    assert list(texts(many, "parameters")) == []
    assert list(all_texts(many)) == []


@given(st.integers(8, len(PNG)), st.binary(max_size=12))
def test_no_damaged_file_breaks_a_reader(place: int, bytes_in: bytes) -> None:
    picture = with_text(PNG, "parameters", FORGE)
    read_recipe(picture[:place] + bytes_in + picture[place + len(bytes_in) :])
    read_recipe(picture[:place])
    jpeg = b"\xff\xd8\xff\xe1" + bytes_in + picture[:place]
    read_recipe(jpeg)
    read_recipe(b"RIFF\0\0\0\0WEBPEXIF" + bytes_in + jpeg)
