"""Tiny models with random weights: an SDXL and an SD 1.5, as folders and as files, a ControlNet, LoRAs, and Lightning's
weights, whole and as a LoRA.

python -m tests.generators.tiny_models FOLDER, with a Python that has Diffusers. 20 MB, in seconds, out of nothing
that was downloaded.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from tests.generators.single_file import save_as_one_file

UNET: dict[str, Any] = {
    "block_out_channels": (32, 64),
    "layers_per_block": 2,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "attention_head_dim": (2, 4),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "transformer_layers_per_block": (1, 2),
    "projection_class_embeddings_input_dim": 80,
    "cross_attention_dim": 72,
    "norm_num_groups": 8,
}
OF_ALL = {"block_out_channels", "layers_per_block", "down_block_types", "attention_head_dim", "norm_num_groups"}
"""Settings that an SD 1.5 has as well."""


def tokenizer(folder: Path) -> CLIPTokenizer:
    """Of single bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [each for each in range(256) if each not in printable]
    characters = [chr(each) for each in printable] + [chr(256 + number) for number in range(len(others))]
    words = [*characters, *(f"{each}</w>" for each in characters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def text_config(size: int = 32) -> CLIPTextConfig:
    """The two of an SDXL differ in size: by that Diffusers tells them apart in a file."""
    return CLIPTextConfig(
        hidden_size=size, intermediate_size=37, num_hidden_layers=5, num_attention_heads=4, projection_dim=32,
        vocab_size=514, bos_token_id=512, eos_token_id=513, pad_token_id=513,
    )  # fmt: skip


def seeded(make: Any, *args: Any, **kwargs: Any) -> Any:
    torch.manual_seed(0)
    return make(*args, **kwargs).eval()


def main(folder: Path) -> None:
    tokens = tokenizer(folder / "tokenizer")
    unet = seeded(UNet2DConditionModel, sample_size=32, up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), **UNET)
    vae = seeded(
        AutoencoderKL, block_out_channels=[32, 64], down_block_types=["DownEncoderBlock2D"] * 2, latent_channels=4,
        up_block_types=["UpDecoderBlock2D"] * 2, norm_num_groups=8, sample_size=128,
    )  # fmt: skip
    pipeline = StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=seeded(CLIPTextModel, text_config()),
        text_encoder_2=seeded(CLIPTextModelWithProjection, text_config(40)),
        tokenizer=tokens,
        tokenizer_2=tokens,
        unet=unet,
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012),
    )
    pipeline.save_pretrained(folder / "sdxl")
    save_as_one_file(pipeline, folder / "sdxl.safetensors")
    sd15(folder, tokens, vae)
    controlnet = seeded(ControlNetModel, conditioning_embedding_out_channels=(16, 32), **UNET)
    torch.nn.init.normal_(controlnet.controlnet_mid_block.weight)  # a ControlNet begins with no effect at all
    controlnet.save_pretrained(folder / "depth")
    other = seeded(UNet2DConditionModel, sample_size=32, up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), **UNET)
    save_file({name: value * 1.01 for name, value in other.state_dict().items()}, folder / "lightning_unet.safetensors")
    lora(unet, folder)
    lora(unet, folder, "oil.safetensors", seed=2)
    (folder / "loras" / "oil.safetensors").rename(folder / "lightning_lora.safetensors")
    lora(unet, folder, "oil.safetensors", seed=3)


def sd15(folder: Path, tokens: CLIPTokenizer, vae: AutoencoderKL) -> None:
    plain = {name: value for name, value in UNET.items() if name in OF_ALL} | {"cross_attention_dim": 32}
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=seeded(CLIPTextModel, text_config()),
        tokenizer=tokens,
        unet=seeded(UNet2DConditionModel, sample_size=32, up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), **plain),
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder / "sd15")
    save_as_one_file(pipeline, folder / "sd15.safetensors")


def lora(unet: Any, folder: Path, name: str = "ink.safetensors", seed: int = 1) -> None:
    torch.manual_seed(seed)
    if seed > 1:
        unet.delete_adapters("default")
    unet.add_adapter(LoraConfig(r=4, target_modules=["to_k", "to_q", "to_v"], init_lora_weights=False))
    loras = folder / "loras"
    loras.mkdir(exist_ok=True)
    weights = {name: value.contiguous() for name, value in get_peft_model_state_dict(unet).items()}
    StableDiffusionXLPipeline.save_lora_weights(loras, unet_lora_layers=weights, weight_name=name)
    save_file({"strange.weight": torch.zeros(2)}, loras / "strange.safetensors")
    (loras / "broken.safetensors").write_bytes(b"no weights")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
