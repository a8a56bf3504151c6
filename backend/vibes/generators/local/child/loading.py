"""Checkpoint, Lightning's weights, VAE and ControlNet as modules of Diffusers, on the device where they draw."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from vibes.generators.local.child.serving import Refused

BASES = {"sdxl": "StableDiffusionXL", "sd15": "StableDiffusion"}
"""By family: how the names of its pipelines begin."""


def device_of(asked: str) -> str:
    """``auto``: the first GPU that there is. Refused where there is none such."""
    if asked == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    if asked.startswith("cuda"):
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if int(asked.partition(":")[2] or 0) >= count:
            raise Refused("misconfigured", f"device: there is no {asked}, torch sees {count} such GPUs")
    return asked


def dtype_of(asked: str, device: str) -> Any:
    if asked == "auto":
        return torch.float32 if device == "cpu" else torch.float16
    return getattr(torch, asked)


def pipeline_of(settings: Mapping[str, Any], dtype: Any) -> Any:
    """The pipeline for pictures out of text, in main memory."""
    pipeline_class = getattr(diffusers, f"{BASES[settings['family']]}Pipeline")
    pipeline = _checkpoint(pipeline_class, settings, dtype)
    if settings["lightning_file"]:
        _put_lightning(pipeline, Path(settings["lightning_file"]))
    if settings["vae"]:
        pipeline.vae = _module(diffusers.AutoencoderKL, Path(settings["vae"]), settings, dtype)
    if settings["vae_tiling"]:
        pipeline.vae.enable_tiling()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def controlnet_of(settings: Mapping[str, Any], dtype: Any) -> Any:
    """None where there is none."""
    path = settings["controlnet"]
    return _module(diffusers.ControlNetModel, Path(path), settings, dtype) if path else None


def placed(pipeline: Any, settings: Mapping[str, Any], device: str) -> Any:
    """The pipeline with its modules where they draw: on the device, or brought there while they are needed, which makes
    no sense where that is the main memory."""
    match settings["offload"]:
        case _ if device == "cpu":
            pipeline.to(device)
        case "model":
            pipeline.enable_model_cpu_offload(device=device)
        case "sequential":
            pipeline.enable_sequential_cpu_offload(device=device)
        case _:
            pipeline.to(device)
    return pipeline


def _checkpoint(pipeline_class: Any, settings: Mapping[str, Any], dtype: Any) -> Any:
    path = Path(settings["model"])
    if path.is_dir():
        return pipeline_class.from_pretrained(
            path, dtype=dtype, local_files_only=True, **_variant(path), **_no_checker(settings)
        )
    return _from_file(pipeline_class, path, settings, dtype, **_no_checker(settings))


def _no_checker(settings: Mapping[str, Any]) -> dict[str, Any]:
    """SD 1.5 may bring a checker of contents, a model of its own that no other kind of node has either."""
    return {"safety_checker": None, "requires_safety_checker": False} if settings["family"] == "sd15" else {}


def _module(module_class: Any, path: Path, settings: Mapping[str, Any], dtype: Any) -> Any:
    if path.is_dir():
        return module_class.from_pretrained(path, dtype=dtype, local_files_only=True, **_variant(path))
    return module_class.from_single_file(str(path), dtype=dtype, local_files_only=not settings["downloads"])


def _from_file(pipeline_class: Any, path: Path, settings: Mapping[str, Any], dtype: Any, **more: Any) -> Any:
    """What a single file lacks, its configuration and tokenizers, is taken from a folder or out of the cache."""
    config = {"config": settings["configuration_dir"]} if settings["configuration_dir"] else {}
    if path.suffix == ".safetensors":
        with safe_open(str(path), framework="pt"):  # a damaged one is not told as one that lacks a configuration
            pass
    try:
        return pipeline_class.from_single_file(
            str(path), dtype=dtype, local_files_only=not settings["downloads"], **config, **more
        )
    except OSError as error:
        if settings["configuration_dir"] or settings["downloads"]:
            raise
        raise Refused(
            "misconfigured",
            f"{path.name} lacks configuration and tokenizers, and the cache of Hugging Face has none: name a folder by "
            f"configuration_dir, or allow downloads ({error})"[:1000],
        ) from error


def _variant(folder: Path) -> dict[str, str]:
    """Folders may hold only files such as ``model.fp16.safetensors``."""
    halves = any(folder.rglob("*.fp16.safetensors"))
    wholes = any(len(each.suffixes) == 1 for each in folder.rglob("*.safetensors"))
    return {"variant": "fp16"} if halves and not wholes else {}


def _put_lightning(pipeline: Any, path: Path) -> None:
    """The whole UNet, or a LoRA that is fused into it."""
    weights = load_file(path)
    if any("lora" in name for name in weights):
        pipeline.load_lora_weights(weights)
        pipeline.fuse_lora()
        pipeline.unload_lora_weights()
        return
    missing, unknown = pipeline.unet.load_state_dict(weights, strict=False)
    if missing or unknown:
        raise Refused(
            "misconfigured",
            f"lightning_file: {path.name} does not fit the checkpoint: {len(missing)} of its weights are missing, "
            f"{len(unknown)} are unknown to it",
        )
