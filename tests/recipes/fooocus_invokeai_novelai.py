"""Pictures of Fooocus, RuinedFooocus, InvokeAI and NovelAI."""

import json
from typing import Any

from tests.recipes.containers import (
    ASCII,
    DESCRIPTION,
    DOCUMENT,
    MAKER_NOTE,
    SOFTWARE,
    USER_COMMENT,
    hiding,
    international,
    jpeg,
    png,
    tiff,
    webp,
)
from tests.recipes.expected import File, Told, settings

STYLES, WEIGHS = "styles and its prompt expansion", "the prompt weighs words"
NO_FILE, CHARACTERS = "keeps its models to itself", "each character"
FOOOCUS = {
    "adm_guidance": "(1.5, 0.8, 0.3)",
    "base_model": "jugger",
    "base_model_hash": "aeb7e9e689",
    "full_negative_prompt": ["text, blur", "anime"],
    "full_prompt": ["a red fox, snow", "cinematic"],
    "guidance_scale": 4.0,
    "lora_combined_1": "offset : 0.1",
    "loras": [["offset", 0.1, "4852686128"], ["ink", 0.8, "aabbccddee"]],
    "negative_prompt": "text, blur",
    "performance": "Speed",
    "prompt": "a red fox, snow",
    "prompt_expansion": "a red fox, snow, sharp",
    "refiner_model": "None",
    "refiner_switch": 0.5,
    "resolution": "(896, 1152)",
    "sampler": "dpmpp_2m_sde_gpu",
    "scheduler": "karras",
    "seed": "6952411511246973023",
    "sharpness": 2.0,
    "steps": 30,
    "styles": "['Fooocus V2', 'Fooocus Enhance']",
    "vae": "Default (model)",
    "version": "Fooocus v2.5.5",
}
RUINED = {
    "Prompt": "a red fox, snow",
    "Negative": "text, blur",
    "steps": 12,
    "cfg": 3.5,
    "width": 1024,
    "height": 768,
    "seed": 1704498940,
    "sampler_name": "lcm",
    "scheduler": "exponential",
    "base_model_name": "A/fox.safetensors",
    "base_model_hash": "3DC9076F",
    "loras": [["AABBCCDDEE", "1.4 - folder - b/ink.safetensors"], ["", "1.0 - x.pt"]],
    "start_step": 0,
    "denoise": None,
    "clip_skip": 1,
    "software": "RuinedFooocus",
}
INVOKE: dict[str, Any] = {
    "generation_mode": "sdxl_txt2img",
    "positive_prompt": "a red fox, snow",
    "negative_prompt": "text, blur",
    "width": 1024,
    "height": 768,
    "seed": 3951921344,
    "rand_device": "cpu",
    "cfg_scale": 6.0,
    "steps": 24,
    "scheduler": "dpmpp_2m_k",
    "strength": 0.55,
    "app_version": "6.10.0",
    "model": {"key": "179d", "hash": "blake3:7c16", "name": "fox_v1", "base": "sdxl", "type": "main"},
    "vae": {"key": "180d", "hash": "blake3:7c17", "name": "sdxl-vae-fp16", "base": "sdxl", "type": "vae"},
    "loras": [
        {"model": {"key": "1", "hash": "blake3:1", "name": "ink", "base": "sdxl", "type": "lora"}, "weight": 0.75}
    ],
    "controlnets": [{"control_model": {"name": "canny-sdxl"}, "control_weight": 0.6, "control_mode": "balanced"}],
}
INVOKED = settings(3951921344, 24, (1024, 768), 6.0, "dpmpp_2m", "karras")
INVOKE_FILES: list[File] = [
    ("model", "fox_v1", None, None),
    ("vae", "sdxl-vae-fp16", None, None),
    ("lora", "ink", None, 0.75),
    ("controlnet", "canny-sdxl", None, 0.6),
]
DREAM = '"a red fox, snow [text, blur] by the sea" -s50 -S2980747362 -W512 -H768 -C7.5 -Ak_dpmpp_2 --seamless'
DREAMT = settings(2980747362, 50, (512, 768), 7.5, "dpmpp_2m", "normal", prompt="a red fox, snow, by the sea")
SD_METADATA = {
    "model": "stable diffusion",
    "model_weights": "deliberate",
    "model_hash": "56" * 32,
    "app_id": "invoke-ai/InvokeAI",
    "app_version": "2.3.0",
    "image": {
        "prompt": [{"prompt": "a red fox, snow [text, blur]", "weight": 1.0}],
        "steps": 50,
        "cfg_scale": 7.5,
        "threshold": 0.0,
        "perlin": 0.0,
        "height": 768,
        "width": 512,
        "type": "txt2img",
        "seed": 2980747362,
        "strength": 0.75,
        "sampler": "k_euler_a",
        "postprocessing": None,
    },
}
NOVEL: dict[str, Any] = {
    "prompt": "a red fox, {snow}",
    "steps": 28,
    "height": 1216,
    "width": 832,
    "scale": 5.0,
    "uncond_scale": 0.0,
    "cfg_rescale": 0.0,
    "seed": 2043807047,
    "n_samples": 1,
    "noise_schedule": "karras",
    "sampler": "k_euler_ancestral",
    "v4_prompt": {
        "caption": {"base_caption": "a red fox, {snow}", "char_captions": [{"char_caption": "a girl, waving"}]}
    },
    "v4_negative_prompt": {"caption": {"base_caption": "text, blur", "char_captions": []}},
    "sm": False,
    "uc": "text, blur",
    "request_type": "PromptGenerateRequest",
    "signed_hash": "lrLo==",
}
NOVEL_TEXTS = {
    "Title": "NovelAI generated image",
    "Description": NOVEL["prompt"],
    "Software": "NovelAI",
    "Source": "NovelAI Diffusion V4.5 4BDE2A90",
    "Generation time": "2.94",
    "Comment": json.dumps(NOVEL),
}
NOVELS = settings(
    2043807047, 28, (832, 1216), 5.0, "euler_ancestral", "karras", prompt="a red fox, {snow}\na girl, waving"
)
NOVEL_3 = {key: value for key, value in NOVEL.items() if not key.startswith("v4")} | {"strength": 0.7, "noise": 0.2}


def _fooocus(content: bytes) -> Told:
    told = settings(6952411511246973023, 30, (896, 1152), 4.0, "dpmpp_2m_sde_gpu", "karras")
    files: list[File] = [
        ("model", "jugger", "aeb7e9e689", None),
        ("lora", "offset", "4852686128", 0.1),
        ("lora", "ink", "aabbccddee", 0.8),
    ]
    return Told(content, "Fooocus", told, files, "2.5.5", notes=(STYLES,))


def _fooocus_exif() -> bytes:
    """It puts the tags into the first table, in UTF-8 without a code before the comment."""
    text = json.dumps(FOOOCUS).encode()
    return tiff({SOFTWARE: b"Fooocus v2.5.5", MAKER_NOTE: b"fooocus", USER_COMMENT: text}, order="<")


def _invoke(more: dict[str, Any] | None = None, **told: float) -> Told:
    content = png(
        {"invokeai_metadata": json.dumps({**INVOKE, **(more or {})}), "invokeai_graph": '{"id":"x","nodes":{}}'}
    )
    return Told(content, "InvokeAI", {**INVOKED, **told}, INVOKE_FILES, "6.10.0")


def _novel(content: bytes, *, is_hidden: bool = False) -> Told:
    notes = (NO_FILE, WEIGHS, CHARACTERS)
    return Told(content, "NovelAI", NOVELS, [], NOVEL_TEXTS["Source"], notes=notes, is_hidden=is_hidden)


def _novel_webp() -> bytes:
    tags = {
        DOCUMENT: b"NovelAI generated image",
        DESCRIPTION: b"   a red fox",
        SOFTWARE: NOVEL_TEXTS["Source"].encode(),
    }
    inner = json.dumps({key: NOVEL_TEXTS[key] for key in ("Comment", "Description", "Software", "Source")})
    return webp(exif=tiff(tags, {USER_COMMENT: ASCII + inner.encode()}))


PICTURES = {
    "Fooocus PNG": _fooocus(png({"parameters": json.dumps(FOOOCUS), "fooocus_scheme": "fooocus"})),
    "Fooocus JPEG": _fooocus(jpeg(exif=_fooocus_exif())),
    "Fooocus WebP": _fooocus(webp(exif=_fooocus_exif(), exif_start=b"Exif\0\0")),
    "RuinedFooocus": Told(
        png({"parameters": json.dumps(RUINED)}),
        "RuinedFooocus",
        settings(1704498940, 12, (1024, 768), 3.5, "lcm", "exponential"),
        [
            ("model", "A/fox.safetensors", "3dc9076f", None),
            ("lora", "folder - b/ink.safetensors", "aabbccddee", 1.4),
            ("lora", "x.pt", None, 1.0),
        ],
    ),
    "InvokeAI": _invoke(),
    "InvokeAI, from a picture": _invoke({"generation_mode": "sdxl_img2img"}, denoise_strength=0.55),
    "InvokeAI 3": _invoke(
        {
            "model": {"model_name": "fox_v1", "base_model": "sdxl", "model_type": "main"},
            "loras": [{"lora": {"model_name": "ink", "base_model": "sdxl"}, "weight": 0.75}],
            "controlnets": [{"control_model": {"model_name": "canny-sdxl"}, "control_weight": 0.6}],
        }
    ),
    "InvokeAI, international text": Told(
        png(
            None,
            international("invokeai_metadata", json.dumps({**INVOKE, "positive_prompt": "狐+"}, ensure_ascii=False)),
        ),
        "InvokeAI",
        {**INVOKED, "prompt": "狐+"},
        INVOKE_FILES,
        "6.10.0",
        notes=(WEIGHS,),
    ),
    "InvokeAI 2": Told(
        png({"Dream": DREAM, "sd-metadata": json.dumps(SD_METADATA)}),
        "InvokeAI",
        settings(2980747362, 50, (512, 768), 7.5, "euler_ancestral", "normal"),
        [("model", "deliberate", "56" * 32, None)],
        "2.3.0",
    ),
    "InvokeAI 1": Told(png({"Dream": DREAM}), "InvokeAI", DREAMT),
    "InvokeAI 1, from a picture": Told(
        png({"Dream": DREAM + " -I/in/fox.png -f0.6"}), "InvokeAI", {**DREAMT, "denoise_strength": 0.6}
    ),
    "NovelAI PNG": _novel(png(NOVEL_TEXTS)),
    "NovelAI WebP": _novel(_novel_webp()),
    "NovelAI, hidden": _novel(hiding(json.dumps(NOVEL_TEXTS)), is_hidden=True),
    "NovelAI 3, from a picture": Told(
        png(NOVEL_TEXTS | {"Comment": json.dumps(NOVEL_3 | {"image": "…"}), "Source": "Stable Diffusion XL 7BCCAA2C"}),
        "NovelAI",
        {**NOVELS, "prompt": "a red fox, {snow}", "denoise_strength": 0.7},
        [],
        "Stable Diffusion XL 7BCCAA2C",
        notes=(NO_FILE, WEIGHS),
    ),
}
