"""Pictures of ComfyUI and of those that draw with it, as their savers write them."""

import json
from typing import Any

from tests.recipes.containers import (
    MAKE,
    MODEL,
    SOFTWARE,
    USER_COMMENT,
    comment,
    jpeg,
    packed_text,
    plain_text,
    png,
    tiff,
    webp,
)
from tests.recipes.expected import Told, settings
from tests.unit.ui_canvas import Canvas

CLIP_SKIP = "clip skip 2"
CHANCE = "only the editor's file is there"


def graph(*, checkpoint: str = "xl/fox_v1.safetensors", lora: str | None = "ink.safetensors") -> dict[str, Any]:
    """As an API export has it."""
    last = "8" if lora else "4"
    nodes = {
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": 1125899906842624,
                "steps": 25,
                "cfg": 6.5,
                "sampler_name": "dpmpp_2m",
                "scheduler": "karras",
                "denoise": 1.0,
                "model": [last, 0],
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
            },
        },
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": checkpoint}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 832, "height": 1216, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red fox, snow", "clip": [last, 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, blur", "clip": [last, 1]}},
        "9": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "10": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["9", 0]}},
    }
    inputs = {"lora_name": lora, "strength_model": 0.8, "strength_clip": 1.0, "model": ["4", 0], "clip": ["4", 1]}
    return nodes | ({"8": {"class_type": "LoraLoader", "inputs": inputs}} if lora else {})


def ui_file() -> dict[str, Any]:
    """The same as the editor saves it."""
    canvas = Canvas()
    model = canvas.add("CheckpointLoaderSimple", ["xl/fox_v1.safetensors"], outs="MODEL CLIP VAE")
    ins = {"model": (model, 0), "clip": (model, 1)}
    lora = canvas.add("LoraLoader", ["ink.safetensors", 0.8, 1.0], ins=ins, outs="MODEL CLIP")
    good = canvas.add("CLIPTextEncode", ["a red fox, snow"], ins={"clip": (lora, 1)}, outs="CONDITIONING")
    bad = canvas.add("CLIPTextEncode", ["text, blur"], ins={"clip": (lora, 1)}, outs="CONDITIONING")
    latent = canvas.add("EmptyLatentImage", [832, 1216, 1], outs="LATENT")
    drawn = canvas.add(
        "KSampler",
        [1125899906842624, "randomize", 25, 6.5, "dpmpp_2m", "karras", 1.0],
        ins={"model": (lora, 0), "positive": (good, 0), "negative": (bad, 0), "latent_image": (latent, 0)},
        outs="LATENT",
    )
    picture = canvas.add("VAEDecode", [], ins={"samples": (drawn, 0), "vae": (model, 2)}, outs="IMAGE")
    canvas.add("SaveImage", ["ComfyUI"], ins={"images": (picture, 0)})
    return canvas.document()


API, UI = json.dumps(graph()), json.dumps(ui_file())
DRAWN = settings(1125899906842624, 25, (832, 1216), 6.5, "dpmpp_2m", "karras")
FILES = [("model", "xl/fox_v1.safetensors", None, None), ("lora", "ink.safetensors", None, 0.8)]
SAVERS_TEXT = (
    "a red fox, snow\nNegative prompt: text, blur\nSteps: 25, Sampler: {}, CFG scale: 6.5, Seed: 1125899906842624, "
    'Size: 832x1216, Clip skip: 2, Model hash: 0123456789, Model: fox_v1, Hashes: {{"LORA:ink":"AABBCCDDEE"}}, '
    "Version: ComfyUI"
)
SAVERS_FILES = [("model", "fox_v1", "0123456789", None), ("lora", "ink", "aabbccddee", None)]
RESOURCES = (
    ', Civitai resources: [{"modelName":"Fox","versionName":"v1","air":"urn:air:sdxl:checkpoint:civitai:11@22"},'
    '{"modelName":"Ink wash","versionName":"v3","weight":0.8,"air":"urn:air:sdxl:lora:civitai:33@44"}]'
)


def _saved_with(text: str, prompt: str = "prompt:", workflow: str = "workflow:") -> bytes:
    graphs = {MODEL: (prompt + API).encode(), MAKE: (workflow + UI).encode()}
    comments = {USER_COMMENT: b"UNICODE\0" + text.encode("utf-16-be")} if text else None
    return tiff(graphs, comments)


def _of_graph(content: bytes, workflow: str = "api", notes: tuple[str, ...] = ()) -> Told:
    return Told(content, "ComfyUI", DRAWN, FILES, workflow=workflow, notes=notes)


def _sampler_of_a_class_of_its_own() -> Told:
    """Its name tells the sampler; what it holds does not."""
    drawn = graph()
    links = {name: drawn["3"]["inputs"][name] for name in ("model", "positive", "negative", "latent_image")}
    sampled = {"add_noise": True, "noise_seed": 1125899906842624, "cfg": 6.5, "sampler": ["11", 0], "sigmas": ["12", 0]}
    drawn["3"] = {"class_type": "SamplerCustom", "inputs": sampled | links}
    noise = {"eta": 1.0, "s_noise": 1.0, "noise_device": "gpu"}
    drawn["11"] = {"class_type": "SamplerDPMPP_3M_SDE", "inputs": noise}
    sigmas = {"model": links["model"], "scheduler": "karras", "steps": 25, "denoise": 1.0}
    drawn["12"] = {"class_type": "BasicScheduler", "inputs": sigmas}
    told = DRAWN | {"sampler": "dpmpp_3m_sde"}
    return Told(png({"prompt": json.dumps(drawn)}), "ComfyUI", told, FILES, workflow="api")


def _stability_matrix() -> Told:
    """It writes UTF-8 where a PNG has Latin-1, and the size of the enlarged picture."""
    drawn = graph(lora=None)
    drawn["6"]["inputs"]["text"] = "a red fox, früh, 雪"
    text = (
        "a red fox, früh, 雪\n\nNegative prompt: text, blur\n\nSteps: 25, Sampler: DPM++ 2M Karras, CFG scale: 6.5, "
        f"Seed: 77, Size: 1248x1824, Model hash: {'AB' * 32}, Model: fox_v1.safetensors"
    )
    texts = {"prompt": json.dumps(drawn), "parameters": text, "parameters-json": '{"Seed":77}', "smproj": "{}"}
    chunks = [plain_text(keyword, each.encode()) for keyword, each in texts.items()]
    told = settings(77, 25, (832, 1216), 6.5, "dpmpp_2m", "karras", prompt="a red fox, früh, 雪")
    files = [("model", "fox_v1.safetensors", "ab" * 32, None)]
    return Told(png(None, *chunks), "Stability Matrix", told, files, workflow="api")


def _tensorart() -> Told:
    asked = {
        "prompt": "a red fox, snow",
        "negativePrompt": "text, blur",
        "width": 832,
        "height": 1216,
        "steps": 25,
        "cfgScale": 6.5,
        "seed": "-1",
        "ksamplerName": "dpmpp_2m",
        "schedule": "karras",
        "baseModel": {"type": "BASE_MODEL", "modelFileName": "Fox-16", "hash": "CD" * 32},
        "models": [{"type": "LORA", "modelFileName": "ink", "weight": 0.8, "hash": "EF" * 32}],
    }
    texts = {
        "generation_data": json.dumps(asked) + "\0",
        "prompt": json.dumps(graph(checkpoint="EMS-1-EMS.safetensors")),
    }
    files = [("model", "Fox-16", "cd" * 32, None), ("lora", "ink", "ef" * 32, 0.8)]
    return Told(png(texts), "Tensor.Art", DRAWN, files, workflow="api")


def _civitai(resources: list[dict[str, Any]], airs: list[str], files: list[Any], **asked: Any) -> Told:
    """Its machines draw with ComfyUI: the graph may be that of a later step, here of enlarging."""
    told = {
        "prompt": "a red fox, snow",
        "negativePrompt": "text, blur",
        "cfgScale": 6.5,
        "sampler": "DPM++ 2M Karras",
        "steps": 25,
        "seed": 77,
        "width": 832,
        "height": 1216,
        "resources": resources,
        "workflow": "txt2img",
        **asked,
    }
    drawn = graph(checkpoint="urn:air:sdxl:checkpoint:civitai:11@22", lora=None)
    drawn["3"]["inputs"]["denoise"] = 0.3
    beside = {"extra": {"airs": airs}, "extraMetadata": json.dumps(told)}
    strength = {"denoise_strength": asked["denoise"]} if "denoise" in asked else {}
    exif = tiff({SOFTWARE: b"42adebcb"}, {USER_COMMENT: b"UNICODE\0" + json.dumps(drawn | beside).encode("utf-16-be")})
    known = settings(77, 25, (832, 1216), 6.5, "dpmpp_2m", "karras", **strength)
    return Told(jpeg(exif=exif), "Civitai", known, files, workflow="api")


AIRS = ["urn:air:sdxl:checkpoint:civitai:11@22", "urn:air:sdxl:lora:civitai:33@44"]
NUMBERS: list[dict[str, Any]] = [{"modelVersionId": 22, "strength": 1}, {"modelVersionId": 44, "strength": 0.8}]

PICTURES = {
    "ComfyUI PNG": _of_graph(png({"prompt": API, "workflow": UI})),
    "ComfyUI PNG, the editor's file alone": _of_graph(png({"workflow": UI}), "ui", (CHANCE,)),
    "ComfyUI PNG, a packed text": _of_graph(png(None, packed_text("prompt", API.encode()))),
    "ComfyUI PNG, a sampler of a class of its own": _sampler_of_a_class_of_its_own(),
    "ComfyUI WebP": _of_graph(webp(exif=_saved_with(""))),
    "ComfyUI animated WebP, exif as in a JPEG": _of_graph(webp(exif=_saved_with(""), exif_start=b"Exif\0\0")),
    "ComfyUI JPEG": _of_graph(jpeg(exif=_saved_with(""))),
    "ComfyUI WebP, Save Image Extended": _of_graph(webp(exif=_saved_with("", "Prompt: ", "Workflow: "))),
    "ComfyUI JPEG, Save Image Plus": _of_graph(
        jpeg(exif=comment(json.dumps({"prompt": graph(), "workflow": ui_file()})))
    ),
    "ComfyUI JPEG, the editor's file alone": _of_graph(
        jpeg(exif=tiff({MAKE: f"workflow:{UI}".encode()})), "ui", (CHANCE,)
    ),
    "ComfyUI Image Saver JPEG": Told(
        jpeg(exif=_saved_with(SAVERS_TEXT.format("DPM++ 2M Karras"))),
        "ComfyUI",
        DRAWN,
        SAVERS_FILES,
        workflow="api",
        notes=(CLIP_SKIP,),
    ),
    "ComfyUI Image Saver PNG, a sampler without a name of A1111": Told(
        png({"parameters": SAVERS_TEXT.format("res_multistep_beta"), "prompt": API}),
        "ComfyUI",
        DRAWN | {"sampler": "res_multistep", "scheduler": "beta"},
        SAVERS_FILES,
        workflow="api",
        notes=(CLIP_SKIP,),
    ),
    "ComfyUI Image Saver PNG with Civitai's list": Told(
        png({"parameters": SAVERS_TEXT.format("DPM++ 2M Karras").replace("snow", "snow <lora:ink:0.8>") + RESOURCES}),
        "ComfyUI",
        DRAWN,
        [("model", "fox_v1", "0123456789", None), ("lora", "ink", "aabbccddee", 0.8)],
        notes=(CLIP_SKIP,),
    ),
    "ComfyUI saver whose prompts were not linked": Told(
        png(
            {
                "parameters": "unknown\nNegative prompt: unknown\nSteps: 9, Sampler: euler_simple, CFG Scale: 8.0, "
                "Seed: 0, Size: 512x512, Version: ComfyUI",
                "prompt": API,
            }
        ),
        "ComfyUI",
        settings(0, 9, (512, 512), 8.0, "euler", "simple"),
        FILES,
        workflow="api",
    ),
    "ComfyUI saver without a version": Told(
        png({"parameters": SAVERS_TEXT.format("dpmpp_2m_karras").removesuffix(", Version: ComfyUI"), "prompt": API}),
        "ComfyUI",
        DRAWN,
        SAVERS_FILES,
        workflow="api",
        notes=(CLIP_SKIP,),
    ),
    "ComfyUI, an exported graph": _of_graph(API.encode()),
    "ComfyUI, the editor's file": _of_graph(UI.encode(), "ui", (CHANCE,)),
    "ComfyUI, what its editor sends": _of_graph(json.dumps({"prompt": graph(), "client_id": "0af3"}).encode()),
    "ComfyUI, a request of RunPod": _of_graph(json.dumps({"input": {"workflow": graph(), "images": []}}).encode()),
    "ComfyUI, a request with the graph as a text": _of_graph(json.dumps({"input": {"workflow_json": API}}).encode()),
    "Stability Matrix": _stability_matrix(),
    "Tensor.Art": _tensorart(),
    "Civitai's machines": _civitai(NUMBERS, AIRS, [("model", AIRS[0], None, None), ("lora", AIRS[1], None, 0.8)]),
    "Civitai's machines, without AIRs": _civitai(
        NUMBERS, [], [("model", "civitai 22", None, None), ("lora", "civitai 44", None, 0.8)]
    ),
    "Civitai's machines, from a picture": _civitai(
        NUMBERS[:1], AIRS[:1], [("model", AIRS[0], None, None)], denoise=0.6
    ),
}
