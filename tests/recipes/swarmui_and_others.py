"""Pictures of SwarmUI, Draw Things, Easy Diffusion and others with a JSON, and our own."""

import json
from typing import Any

from tests.factories import make_lora, make_spec
from tests.recipes.containers import (
    ASCII,
    USER_COMMENT,
    comment,
    hiding,
    jpeg,
    png,
    tiff,
    webp,
    xmp_with,
)
from tests.recipes.expected import File, Told, settings
from vibes.documents.png_texts import with_text
from vibes.services.media.image_metadata import Hashes, a1111_parameters

OWN_TAGS, ENLARGED = "tags of SwarmUI's own", "enlarged in a second pass"
SWARM: dict[str, Any] = {
    "sui_image_params": {
        "prompt": "a red fox, snow",
        "negativeprompt": "text, blur",
        "model": "xl/fox_v1",
        "images": 3,
        "seed": 733776228,
        "steps": 20,
        "cfgscale": 5.5,
        "aspectratio": "1:1",
        "width": 1024,
        "height": 768,
        "sampler": "dpmpp_2m",
        "scheduler": "karras",
        "vae": "sdxl/vae-ft",
        "refinermodel": "(Use Base)",
        "automaticvae": True,
        "loras": ["styles/ink", "grain"],
        "loraweights": ["0.4", "1"],
        "initimagecreativity": 0.35,
        "swarm_version": "0.9.7.4",
    },
    "sui_extra_data": {
        "date": "2026-01-03",
        "generation_time": "9.59 sec",
        "unused_parameters": ["initimagecreativity"],
    },
    "sui_models": [
        {"name": "xl/fox_v1.safetensors", "param": "model", "hash": "0x" + "22" * 32},
        {"name": "styles/ink.safetensors", "param": "loras", "hash": "0x" + "33" * 32},
    ],
}
SWARM_TEXT = json.dumps(SWARM, indent=2)
SWARMED = settings(733776228, 20, (1024, 768), 5.5, "dpmpp_2m", "karras")
SWARM_FILES: list[File] = [
    ("model", "xl/fox_v1", "22" * 32, None),
    ("vae", "sdxl/vae-ft", None, None),
    ("lora", "styles/ink", "33" * 32, 0.4),
    ("lora", "grain", None, 1.0),
]
DRAWN: dict[str, Any] = {
    "c": "a red fox, snow",
    "uc": "text, blur",
    "steps": 22,
    "sampler": "DPM++ 2M Karras",
    "scale": 7.5,
    "seed": 6,
    "size": "512x640",
    "model": "sd_v1.5_f16.ckpt",
    "strength": 1,
    "seed_mode": "Scale Alike",
    "clip_skip": 1,
    "lora": [{"model": "ink_lora_f16.ckpt", "weight": 0.6}],
    "upscaler": "realesrgan_x4plus_f16.ckpt",
    "control": [{"file": "controlnet_canny_f16.ckpt", "weight": 0.9, "no_prompt": False, "guidance_start": 0}],
    "v2": {"loras": [{"file": "ink_lora_f16.ckpt", "weight": 0.6}], "guidanceScale": 7.5},
}
DRAW_FILES: list[File] = [
    ("model", "sd_v1.5_f16.ckpt", None, None),
    ("controlnet", "controlnet_canny_f16.ckpt", None, 0.9),
    ("upscaler", "realesrgan_x4plus_f16.ckpt", None, None),
    ("lora", "ink_lora_f16.ckpt", None, 0.6),
]
DRAWS = settings(6, 22, (512, 640), 7.5, "dpmpp_2m", "karras")
EASY = {
    "prompt": "a red fox, snow",
    "negative_prompt": "text, blur",
    "seed": 4099862013,
    "clip_skip": False,
    "use_stable_diffusion_model": "sd-v1-5",
    "use_vae_model": "vae-ft-mse",
    "sampler_name": "dpmpp_2m",
    "scheduler_name": "karras",
    "width": 512,
    "height": 640,
    "num_inference_steps": 25,
    "guidance_scale": 7.5,
    "prompt_strength": 0.8,
    "use_lora_model": ["ink", "grain"],
    "lora_alpha": [0.6, 1.0],
    "use_upscale": None,
}
EASY_NAMES = {
    "Prompt": "a red fox, snow",
    "Negative Prompt": "text, blur",
    "Seed": "4099862013",
    "Sampler": "dpmpp_2m",
    "Stable Diffusion model": "sd-v1-5",
    "VAE model": "vae-ft-mse",
    "Scheduler": "karras",
    "Width": "512",
    "Height": "640",
    "Steps": "25",
    "Guidance Scale": "7.5",
    "Prompt Strength": "0.8",
    "LoRA model": "ink, grain",
    "LoRA Strength": "0.6, 1.0",
}
EASED = settings(4099862013, 25, (512, 640), 7.5, "dpmpp_2m", "karras", denoise_strength=0.8)
EASY_FILES: list[File] = [
    ("model", "sd-v1-5", None, None),
    ("vae", "vae-ft-mse", None, None),
    ("lora", "ink", None, 0.6),
    ("lora", "grain", None, 1.0),
]
SPACE = {
    "prompt": "a red fox, snow",
    "negative_prompt": "text, blur",
    "resolution": "832 x 1216",
    "guidance_scale": 5.5,
    "num_inference_steps": 24,
    "seed": 443800072,
    "sampler": "DPM++ 2M Karras",
    "Model": "Fox XL",
    "use_upscaler": None,
    "Model hash": "BD" * 32,
}


def _swarm(content: bytes, *, is_hidden: bool = False, **told: float) -> Told:
    return Told(content, "SwarmUI", {**SWARMED, **told}, SWARM_FILES, "0.9.7.4", is_hidden=is_hidden)


def _swarm_from_picture() -> Told:
    params = {**SWARM["sui_image_params"], "prompt": "a red fox, snow<break> <segment:face>a grin"}
    beside = {"sui_models": SWARM["sui_models"], "sui_extra_data": {"date": "2026-01-03"}}
    told = {**SWARMED, "denoise_strength": 0.35, "prompt": params["prompt"]}
    content = png({"parameters": json.dumps({"sui_image_params": params, **beside})})
    return Told(content, "SwarmUI", told, SWARM_FILES, "0.9.7.4", notes=(OWN_TAGS,))


def _drawn(content: bytes) -> Told:
    return Told(content, "Draw Things", DRAWS, DRAW_FILES)


def _easy(content: bytes) -> Told:
    return Told(content, "Easy Diffusion", EASED, EASY_FILES)


def _ours() -> Told:
    loras = (make_lora("styles/film_grain.safetensors"),)
    spec = make_spec(loras=loras, denoise_strength=0.5, checkpoint="xl/sd_xl_base_1.0.safetensors")
    text = a1111_parameters(spec, Hashes({"styles/film_grain.safetensors": "01" * 32}))
    told = settings(
        42,
        20,
        (1024, 1024),
        7.0,
        "euler",
        "normal",
        prompt="a lighthouse in fog",
        negative_prompt="blurry",
        denoise_strength=0.5,
    )
    files: list[File] = [("model", "sd_xl_base_1.0", None, None), ("lora", "film_grain", "01" * 6, 0.8)]
    return Told(with_text(png(), "parameters", text), "Vibes ImGen", told, files)


PICTURES = {
    "SwarmUI PNG": _swarm(png({"parameters": SWARM_TEXT})),
    "SwarmUI JPEG": _swarm(jpeg(exif=tiff({}, {USER_COMMENT: ASCII + SWARM_TEXT.encode()}, order="<"))),
    "SwarmUI WebP": _swarm(webp(exif=comment(SWARM_TEXT, encoding="utf-16-le", order="<"))),
    "SwarmUI, hidden": _swarm(hiding(SWARM_TEXT), is_hidden=True),
    "SwarmUI, hidden in the colours": _swarm(hiding(SWARM_TEXT, mode="RGB"), is_hidden=True),
    "SwarmUI, from a picture": _swarm_from_picture(),
    "Draw Things PNG": _drawn(png({"XML:com.adobe.xmp": xmp_with(json.dumps(DRAWN), "Draw Things")})),
    "Draw Things PNG, as a comment": _drawn(png({"Comment": json.dumps(DRAWN), "Software": "Draw Things"})),
    "Draw Things JPEG": _drawn(jpeg(xmp=xmp_with(json.dumps(DRAWN), "Draw Things"))),
    "Draw Things JPEG, exif": _drawn(jpeg(exif=comment(json.dumps(DRAWN), code=ASCII, encoding="ascii"))),
    "Draw Things WebP": _drawn(webp(xmp=xmp_with(json.dumps(DRAWN), "Draw Things"))),
    "Draw Things, enlarged": Told(
        png({"Comment": json.dumps({**DRAWN, "size": "1024x1280", "hires_fix": True, "first_stage_size": "512x640"})}),
        "Draw Things",
        DRAWS,
        DRAW_FILES,
        notes=(ENLARGED,),
    ),
    "Easy Diffusion PNG": _easy(png({key: str(value) for key, value in EASY.items()})),
    "Easy Diffusion JPEG": _easy(jpeg(exif=comment(json.dumps(EASY)))),
    "Easy Diffusion PNG, names for people": _easy(png(EASY_NAMES)),
    "a space of Hugging Face": Told(
        png({"parameters": json.dumps(SPACE)}),
        "another program",
        settings(443800072, 24, (832, 1216), 5.5, "dpmpp_2m", "karras"),
        [("model", "Fox XL", "bd" * 32, None)],
    ),
    "our own": _ours(),
}
