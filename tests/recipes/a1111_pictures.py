"""Pictures whose text is A1111's: its own, and those of its successors and of others who write it."""

from tests.recipes.containers import (
    ASCII,
    NO_CODE,
    comment,
    hiding,
    international,
    jpeg,
    packed_text,
    plain_text,
    png,
    raw_profile,
    webp,
)
from tests.recipes.expected import File, Told, settings

NOISE, ENLARGED = "makes its noise otherwise", "enlarged in a second pass"
CLIP_SKIP, OWN_SYNTAX = "clip skip 2", "words of A1111's own"

HEAD = "a red fox, snow <lora:ink_v2:0.8>\nNegative prompt: text, blur\n"
A1111 = HEAD + (
    "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 4294967295, Size: 512x768, Model hash: "
    'c0d1994c73, Model: realisticVision, VAE hash: 735e4c3a44, VAE: vae-ft-mse.safetensors, Lora hashes: "ink_v2: '
    'aabbccddeeff", Version: v1.10.1'
)
FILES: list[File] = [
    ("model", "realisticVision", "c0d1994c73", None),
    ("lora", "ink_v2", "aabbccddeeff", 0.8),
    ("vae", "vae-ft-mse.safetensors", "735e4c3a44", None),
]
DRAWN = settings(4294967295, 20, (512, 768), 7.0, "dpmpp_2m", "karras")


def _a1111(content: bytes, *, is_hidden: bool = False) -> Told:
    return Told(content, "Automatic1111", DRAWN, FILES, version="v1.10.1", notes=(NOISE,), is_hidden=is_hidden)


EARLY = Told(
    png(
        {
            "parameters": "a red fox, snow\nSteps: 20, Sampler: Euler a, CFG scale: 12, Seed: 9, Size: 512x512, "
            "Model hash: 7460a6fa"
        }
    ),
    "Automatic1111",
    {
        "prompt": "a red fox, snow",
        "seed": 9,
        "width": 512,
        "height": 512,
        "steps": 20,
        "cfg_scale": 12.0,
        "sampler": "euler_ancestral",
    },
    [("model", "7460a6fa", "7460a6fa", None)],
    notes=(NOISE,),
)
ENLARGING = Told(
    png(
        {
            "parameters": HEAD.replace("snow", "[snow:rain:0.5]")
            + (
                "Steps: 20, Sampler: DPM++ SDE, Schedule type: Automatic, CFG scale: 7.5, Seed: 9, "
                "Size: 512x768, Model: mine, "
                "Denoising strength: 0.4, Clip skip: 2, Hires upscale: 2, Hires steps: 10, "
                "Hires upscaler: R-ESRGAN 4x+, "
                'ControlNet 0: "Module: canny, Model: control_v11p [d14c016b], Weight: 1, '
                'Resize Mode: Crop and Resize", '
                "Refiner: refiner_v1 [7440042bbd], Refiner switch at: 0.8, Version: v1.9.4"
            )
        }
    ),
    "Automatic1111",
    settings(9, 20, (512, 768), 7.5, "dpmpp_sde", "karras", prompt="a red fox, [snow:rain:0.5]"),
    [
        ("model", "mine", None, None),
        ("model", "refiner_v1", "7440042bbd", None),
        ("lora", "ink_v2", None, 0.8),
        ("upscaler", "R-ESRGAN 4x+", None, None),
        ("controlnet", "control_v11p", "d14c016b", None),
    ],
    version="v1.9.4",
    notes=(OWN_SYNTAX, NOISE, ENLARGED, CLIP_SKIP),
)
FROM_PICTURE = Told(
    png(
        {
            "parameters": "a red fox, snow\nNegative prompt: text, blur\nSteps: 20, Sampler: DDIM, "
            "CFG scale: 7, Seed: 9, "
            "Size: 512x512, Model: mine, Denoising strength: 0.62, Init image hash: 1234, Version: v1.6.0"
        }
    ),
    "Automatic1111",
    {**settings(9, 20, (512, 512), 7.0, "ddim", ""), "denoise_strength": 0.62},
    [("model", "mine", None, None)],
    version="v1.6.0",
    notes=(NOISE,),
)
del FROM_PICTURE.settings["scheduler"]  # the sampler alone does not tell it

FORGE = Told(
    png(
        {
            "parameters": "a red fox, snow\nSteps: 20, Sampler: Euler, Schedule type: Simple, CFG scale: 1, "
            "Distilled CFG Scale: 3.5, Seed: 5, Size: 896x1152, Model hash: 1234567890, Model: flux1-dev, Lora hashes: "
            '"ink_v2: aabbccddeeff", Version: f2.0.1v1.10.1-previous-669-gdfdcbab6, Diffusion in Low Bits: '
            "Automatic (fp16 LoRA), Module 1: ae, Module 2: clip_l, Module 3: t5xxl_fp16"
        }
    ),
    "Forge",
    {**settings(5, 20, (896, 1152), 1.0, "euler", "simple"), "guidance": 3.5},
    [
        ("model", "flux1-dev", "1234567890", None),
        ("lora", "ink_v2", "aabbccddeeff", None),
        ("vae", "ae", None, None),
        ("text_encoder", "clip_l", None, None),
        ("text_encoder", "t5xxl_fp16", None, None),
    ],
    version="f2.0.1v1.10.1-previous-669-gdfdcbab6",
    notes=(NOISE,),
)
del FORGE.settings["negative_prompt"]

SDNEXT_TEXT = HEAD + (
    "Steps: 20, Size: 1024x1024, Sampler: UniPC, Seed: 5, CFG scale: 6, Batch: 2x1, Model: fox_v1, "
    "Model hash: 45a21ea00a, "
    "App: SD.Next, Version: 56a8aea, Pipeline: StableDiffusionXLPipeline, Operations: txt2img; upscale, TE: t5_fp8, "
    'VAE: TAESD, LoRA networks: "ink_v2, grain", LoRA hashes: "aabbccddee, 1122334455", Refine: True, Hires upscaler: '
    "ESRGAN 4x, Hires strength: 0.5, Sampler sigma: karras"
)
SDNEXT_FILES: list[File] = [
    ("model", "fox_v1", "45a21ea00a", None),
    ("lora", "ink_v2", "aabbccddee", 0.8),
    ("lora", "grain", "1122334455", None),
    ("vae", "TAESD", None, None),
    ("text_encoder", "t5_fp8", None, None),
    ("upscaler", "ESRGAN 4x", None, None),
]
SDNEXT = settings(5, 20, (1024, 1024), 6.0, "uni_pc", "")
del SDNEXT["scheduler"]

CIVITAI_TEXT = (
    "a red fox, snow{}\nNegative prompt: text, blur\nSteps: 25, Sampler: DPM++ 2M SDE Karras, CFG scale: 6, "
    "Seed: 9, Size: "
    "832x1216, Clip skip: 2, Created Date: 2025-03-15T18:17:42.7115736Z, Civitai resources: {}, Civitai metadata: {{}}"
)
CIVITAI = settings(9, 25, (832, 1216), 6.0, "dpmpp_2m_sde", "karras")
RESOURCES = (
    '[{"type":"checkpoint","modelVersionId":290640,"modelName":"Pony","modelVersionName":"V6"},'
    '{"type":"lora","weight":0.7,"modelVersionId":368189,"modelName":"Ink v2 (wash)","modelVersionName":"v1"},'
    '{"type":"lora","weight":0.4,"air":"urn:air:sdxl:lora:civitai:328553@368190"},'
    '{"type":"embed","weight":1,"modelVersionId":9208}]'
)


def _civitai(tags: str, files: list[File]) -> Told:
    content = png({"parameters": CIVITAI_TEXT.format(tags, RESOURCES)})
    return Told(content, "Civitai", CIVITAI, files, notes=(CLIP_SKIP,))


FOOOCUS = Told(
    png(
        {
            "parameters": "a red fox, snow, cinematic, sharp\nNegative prompt: text, blur, anime\nSteps: 30, "
            "Sampler: DPM++ 2M SDE "
            "Karras, Seed: 6952411511246973023, Size: 896x1152, CFG scale: 4.0, Sharpness: 2.0, ADM Guidance: "
            '"(1.5, 0.8, 0.3)", Model: jugger, Model hash: aeb7e9e689, Performance: Speed, Scheduler: karras, '
            'VAE: Default (model), Raw prompt: "a red fox, snow", Raw negative prompt: "text, blur", Refiner: '
            "realistic, Refiner hash: bbccddeeff, Clip skip: 2, Lora hashes: "
            '"offset: 4852686128, ink: aabbccddee", Lora weights: "offset: 0.1, ink: 0.8", Version: Fooocus v2.5.5',
            "fooocus_scheme": "a1111",
        }
    ),
    "Fooocus",
    settings(6952411511246973023, 30, (896, 1152), 4.0, "dpmpp_2m_sde", "karras"),
    [
        ("model", "jugger", "aeb7e9e689", None),
        ("model", "realistic", "bbccddeeff", None),
        ("lora", "offset", "4852686128", 0.1),
        ("lora", "ink", "aabbccddee", 0.8),
    ],
    version="2.5.5",
    notes=(CLIP_SKIP,),
)

PICTURES = {
    "A1111 PNG": _a1111(png({"parameters": A1111})),
    "A1111 PNG, international text": _a1111(png(None, international("parameters", A1111))),
    "A1111 PNG, packed international text": _a1111(png(None, international("parameters", A1111, packed=True))),
    "A1111 PNG, packed text": _a1111(png(None, packed_text("parameters", A1111.encode()))),
    "A1111 PNG, text behind the pixels": _a1111(png()[:-12] + plain_text("parameters", A1111.encode()) + png()[-12:]),
    "A1111 JPEG": _a1111(jpeg(exif=comment(A1111))),
    "A1111 WebP": _a1111(webp(exif=comment(A1111))),
    "A1111 JPEG, little-endian": _a1111(jpeg(exif=comment(A1111, encoding="utf-16-le", order="<"))),
    "A1111 WebP, with a byte order mark": _a1111(webp(exif=comment(A1111, encoding="utf-16"))),
    "A1111 JPEG, an odd byte at the end": _a1111(jpeg(exif=comment(A1111, tail=b"\0"))),
    "A1111 JPEG, half a letter at the end": _a1111(jpeg(exif=comment(A1111, encoding="utf-16-le", tail=b"x"))),
    "A1111 JPEG, ASCII": _a1111(jpeg(exif=comment(A1111, code=ASCII, encoding="ascii"))),
    "A1111 WebP, no character code": _a1111(webp(exif=comment(A1111, code=NO_CODE, encoding="utf-8"))),
    "A1111 JPEG, its text as a comment": _a1111(jpeg(comments=(b"made by me", A1111.encode()))),
    "A1111 JPEG that ImageMagick made a PNG": _a1111(raw_profile(b"Exif\0\0" + comment(A1111))),
    "A1111, copied text": _a1111(A1111.encode()),
    "A1111, copied text with Windows' ends of lines": _a1111(b"\xef\xbb\xbf" + A1111.replace("\n", "\r\n").encode()),
    "Stealth PNGinfo, alpha": _a1111(hiding(A1111), is_hidden=True),
    "Stealth PNGinfo, alpha, not packed": _a1111(hiding(A1111, packed=False), is_hidden=True),
    "Stealth PNGinfo, colours": _a1111(hiding(A1111, mode="RGB"), is_hidden=True),
    "Stealth PNGinfo, colours, not packed": _a1111(hiding(A1111, mode="RGB", packed=False), is_hidden=True),
    "A1111, early": EARLY,
    "A1111, enlarged, with a refiner and a ControlNet": ENLARGING,
    "A1111, from a picture": FROM_PICTURE,
    "Forge": FORGE,
    "SD.Next PNG": Told(
        png({"parameters": SDNEXT_TEXT}), "SD.Next", SDNEXT, SDNEXT_FILES, "56a8aea", notes=(ENLARGED,)
    ),
    "SD.Next JPEG": Told(
        jpeg(exif=comment(SDNEXT_TEXT)), "SD.Next", SDNEXT, SDNEXT_FILES, "56a8aea", notes=(ENLARGED,)
    ),
    "SD.Next, before it wrote its name": Told(
        png(
            {
                "parameters": "a red fox, snow\nNegative prompt: text, blur\nSteps: 20, Seed: 5, "
                "Sampler: UniPC, CFG scale: 6, "
                "Size: 1024x1024, Parser: Full parser, Model: fox_v1, Backend: Diffusers, Version: 0a083c2"
            }
        ),
        "SD.Next",
        SDNEXT,
        [("model", "fox_v1", None, None)],
        "0a083c2",
    ),
    "Civitai": _civitai(
        "",
        [
            ("model", "Pony", None, None),
            ("lora", "Ink v2 (wash)", None, 0.7),
            ("lora", "urn:air:sdxl:lora:civitai:328553@368190", None, 0.4),
        ],
    ),
    "Civitai, LoRAs by tag too": _civitai(
        " <lora:ink-v2:0.7> <lora:something_else:0.4>",
        [("lora", "ink-v2", None, 0.7), ("lora", "something_else", None, 0.4), ("model", "Pony", None, None)],
    ),
    "Civitai, one more by tag alone": _civitai(
        " <lora:grain:1>",
        [
            ("lora", "grain", None, 1.0),
            ("model", "Pony", None, None),
            ("lora", "Ink v2 (wash)", None, 0.7),
            ("lora", "urn:air:sdxl:lora:civitai:328553@368190", None, 0.4),
        ],
    ),
    "Civitai, Flux": Told(
        jpeg(
            exif=comment(
                "a red fox, snow\nNegative prompt: \nSteps: 25, Sampler: Undefined, CFG scale: 3.5, Seed: 9, Size: "
                '1024x1024, Clip skip: 2, Civitai resources: [{"type":"checkpoint","modelVersionId":691639,'
                '"modelName":"FLUX","modelVersionName":"Dev"}], Civitai metadata: {}'
            )
        ),
        "Civitai",
        {
            "prompt": "a red fox, snow",
            "seed": 9,
            "width": 1024,
            "height": 1024,
            "steps": 25,
            "cfg_scale": 1.0,
            "guidance": 3.5,
        },
        [("model", "FLUX", None, None)],
    ),
    "Fooocus, A1111's scheme": FOOOCUS,
}
