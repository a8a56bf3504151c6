"""Graph nodes that load or alter models."""

import re

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, GraphNodeFailure, Inputs, Work, values
from vibes.simulator.graph_nodes.values import Clip, ControlNet, Model, UpscaleModel, Vae
from vibes.simulator.setup.profiles import GpuProfile, family_of

_NO_FILES = ("pixel_space",)
"""Names in the VAE list that stand for no file."""
_SAFETENSOR_ERROR = "safetensors._safetensors_rust.SafetensorError"


def _checkpoint(inputs: Inputs, bench: Bench) -> Done:
    name = _readable(inputs["ckpt_name"], bench, "checkpoints")
    return values(Model(name), Clip((name,)), Vae(name), name)


def _unet(inputs: Inputs, bench: Bench) -> Done:
    return values(Model(_readable(inputs["unet_name"], bench, "diffusion_models")))


def _gguf(inputs: Inputs, bench: Bench) -> Done:
    return values(Model(_readable(inputs["unet_name"], bench, "unet_gguf")))


def _clip(inputs: Inputs, bench: Bench) -> Done:
    names = (inputs.get(key) for key in ("clip_name", "clip_name1", "clip_name2", "clip_name3"))
    return values(Clip(tuple(_readable(name, bench, "text_encoders") for name in names if name is not None)))


def _vae(inputs: Inputs, bench: Bench) -> Done:
    return values(Vae(_readable(inputs["vae_name"], bench, "vae")))


def _lora(inputs: Inputs, bench: Bench) -> Done:
    model: Model = inputs["model"]
    name = _readable(inputs["lora_name"], bench, "loras")
    return values(model.with_lora(name, inputs["strength_model"]), inputs.get("clip"))


def _control_net(inputs: Inputs, bench: Bench) -> Done:
    return values(ControlNet(_readable(inputs["control_net_name"], bench, "controlnet")))


def _upscale_model(inputs: Inputs, bench: Bench) -> Done:
    name = _readable(inputs["model_name"], bench, "upscale_models")
    factor = re.search(r"(\d)x|x(\d)", name.lower())
    return values(UpscaleModel(name, int(factor[1] or factor[2]) if factor else 4))


def _clip_vision(inputs: Inputs, bench: Bench) -> Done:
    return values(_readable(inputs["clip_name"], bench, "clip_vision"))


def _same_model(inputs: Inputs, _bench: Bench) -> Done:
    """Patches change how a model samples, which the simulator does not paint."""
    return values(inputs["model"])


def _same_clip(inputs: Inputs, _bench: Bench) -> Done:
    return values(inputs["clip"])


def _load_checkpoint(inputs: Inputs, _profile: GpuProfile) -> Work:
    name = str(inputs["ckpt_name"])
    return Work(model=(name, family_of(name)))


def _load_unet(inputs: Inputs, _profile: GpuProfile) -> Work:
    name = str(inputs["unet_name"])
    return Work(model=(name, family_of(name)))


def _readable(file_name: object, bench: Bench, folder: str) -> str:
    """The name, if its file is there and can be read; else GraphNodeFailure.

    Unreadable are the catalogue's corrupt file and those of the fault ``unreadable_file``. A Windows path gives the
    same name as a POSIX one, so that the picture is the same.
    """
    name = str(file_name)
    if name not in (*bench.listed(folder), *_NO_FILES):
        raise GraphNodeFailure(f"Model in folder '{folder}' with filename '{name}' not found.", "FileNotFoundError")
    if "corrupt" in name or (bench.unreadable and bench.unreadable in name):
        raise GraphNodeFailure("Error while deserializing header: header too large", _SAFETENSOR_ERROR)
    return name.replace("\\", "/")


CLASSES = {
    "CheckpointLoaderSimple": GraphNodeClass(_checkpoint, _load_checkpoint),
    "CheckpointLoader": GraphNodeClass(_checkpoint, _load_checkpoint),
    "unCLIPCheckpointLoader": GraphNodeClass(_checkpoint, _load_checkpoint),
    "UNETLoader": GraphNodeClass(_unet, _load_unet),
    "UnetLoaderGGUF": GraphNodeClass(_gguf, _load_unet),
    "CLIPLoader": GraphNodeClass(_clip),
    "DualCLIPLoader": GraphNodeClass(_clip),
    "TripleCLIPLoader": GraphNodeClass(_clip),
    "CLIPVisionLoader": GraphNodeClass(_clip_vision),
    "VAELoader": GraphNodeClass(_vae),
    "LoraLoader": GraphNodeClass(_lora),
    "LoraLoaderModelOnly": GraphNodeClass(_lora),
    "ControlNetLoader": GraphNodeClass(_control_net),
    "UpscaleModelLoader": GraphNodeClass(_upscale_model),
    "CLIPSetLastLayer": GraphNodeClass(_same_clip),
    "CFGNorm": GraphNodeClass(_same_model),
    "FreeU_V2": GraphNodeClass(_same_model),
    "ModelSamplingAuraFlow": GraphNodeClass(_same_model),
    "ModelSamplingFlux": GraphNodeClass(_same_model),
    "ModelSamplingSD3": GraphNodeClass(_same_model),
    "PerturbedAttentionGuidance": GraphNodeClass(_same_model),
    "ApplyFBCacheOnModel": GraphNodeClass(_same_model),
}
