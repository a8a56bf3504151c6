"""A pipeline of Diffusers as one file under the names of the first releases, as checkpoints are passed around.

Needs torch; the way back is Diffusers' own, in its ``from_single_file``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

_UNET = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
}  # fmt: skip
_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
}  # fmt: skip
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
_CLIP = {
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.embeddings.token_embedding.": "token_embedding.", "text_model.final_layer_norm.": "ln_final.",
    "text_model.encoder.layers.": "transformer.resblocks.", "layer_norm1": "ln_1", "layer_norm2": "ln_2",
    ".fc1.": ".c_fc.", ".fc2.": ".c_proj.", ".self_attn.": ".attn.",
}  # fmt: skip


def save_as_one_file(pipeline: Any, path: Path) -> None:
    weights = {**_unet(pipeline.unet), **_vae(pipeline.vae)}
    if hasattr(pipeline, "text_encoder_2"):
        first, second = "conditioner.embedders.0.transformer.", "conditioner.embedders.1.model."
        weights |= dict(_open_clip(pipeline.text_encoder_2.state_dict(), second))
    else:
        first = "cond_stage_model.transformer."
    for name, value in pipeline.text_encoder.state_dict().items():
        weights[f"{first}text_model.{name.removeprefix('text_model.')}"] = value
    save_file({name: value.contiguous().clone() for name, value in weights.items()}, path)


def _replaced(name: str, words: Mapping[str, str]) -> str:
    for ours, theirs in words.items():
        name = name.replace(ours, theirs)
    return name


def _named(name: str, patterns: Mapping[str, Callable[[re.Match[str]], str]]) -> str:
    for pattern, told in patterns.items():
        if found := re.match(pattern, name):
            return told(found) + name[found.end() :]
    return name


def _always(name: str) -> Callable[[re.Match[str]], str]:
    return lambda _: name


def _unet(unet: Any) -> dict[str, Any]:
    layers: int = unet.config.layers_per_block
    attends = [kind.startswith("CrossAttn") for kind in unet.config.up_block_types]

    def into(block: str, layer: str | int) -> int:
        return int(block) * (layers + 1) + int(layer)

    patterns = {
        r"down_blocks\.(\d+)\.resnets\.(\d+)": lambda m: f"input_blocks.{into(m[1], m[2]) + 1}.0",
        r"down_blocks\.(\d+)\.attentions\.(\d+)": lambda m: f"input_blocks.{into(m[1], m[2]) + 1}.1",
        r"down_blocks\.(\d+)\.downsamplers\.0\.conv": lambda m: f"input_blocks.{into(m[1], layers) + 1}.0.op",
        r"mid_block\.resnets\.(\d+)": lambda m: f"middle_block.{2 * int(m[1])}",
        r"mid_block\.attentions\.(\d+)": lambda m: f"middle_block.{2 * int(m[1]) + 1}",
        r"up_blocks\.(\d+)\.resnets\.(\d+)": lambda m: f"output_blocks.{into(m[1], m[2])}.0",
        r"up_blocks\.(\d+)\.attentions\.(\d+)": lambda m: f"output_blocks.{into(m[1], m[2])}.1",
        r"up_blocks\.(\d+)\.upsamplers\.0\.conv": lambda m: (
            f"output_blocks.{into(m[1], layers)}.{1 + attends[int(m[1])]}.conv"
        ),
        **{re.escape(ours) + r"(?=\.)": _always(theirs) for ours, theirs in _UNET.items()},
    }

    def renamed(name: str) -> str:
        moved = _named(name, patterns)
        return "model.diffusion_model." + (_replaced(moved, _RESNET) if ".resnets." in name else moved)

    return {renamed(name): value for name, value in unet.state_dict().items()}


def _vae(vae: Any) -> dict[str, Any]:
    blocks = len(vae.config.block_out_channels)
    patterns = {
        r"encoder\.down_blocks\.(\d+)\.resnets\.": lambda m: f"encoder.down.{m[1]}.block.",
        r"encoder\.down_blocks\.(\d+)\.downsamplers\.0": lambda m: f"encoder.down.{m[1]}.downsample",
        r"decoder\.up_blocks\.(\d+)\.resnets\.": lambda m: f"decoder.up.{blocks - 1 - int(m[1])}.block.",
        r"decoder\.up_blocks\.(\d+)\.upsamplers\.0": lambda m: f"decoder.up.{blocks - 1 - int(m[1])}.upsample",
        r"(en|de)coder\.mid_block\.resnets\.(\d)": lambda m: f"{m[1]}coder.mid.block_{int(m[2]) + 1}",
        r"(en|de)coder\.mid_block\.attentions\.0": lambda m: f"{m[1]}coder.mid.attn_1",
        r"(en|de)coder\.conv_norm_out": lambda m: f"{m[1]}coder.norm_out",
    }

    def renamed(name: str) -> str:
        moved = _named(name, patterns).replace("conv_shortcut", "nin_shortcut")
        return "first_stage_model." + (_replaced(moved, _VAE_ATTENTION) if ".attentions." in name else moved)

    return {renamed(name): value for name, value in vae.state_dict().items()}


def _open_clip(weights: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in weights.items():
        if name == "text_projection.weight":
            yield f"{prefix}text_projection", value.T
        elif found := re.search(r"self_attn\.q_proj\.(weight|bias)$", name):
            three = [weights[name.replace("q_proj", f"{each}_proj")] for each in "qkv"]
            yield prefix + _replaced(name[: found.start()], _CLIP) + f"attn.in_proj_{found[1]}", torch.cat(three)
        elif not re.search(r"self_attn\.[kv]_proj", name):
            yield prefix + _replaced(name, _CLIP), value
