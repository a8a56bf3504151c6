"""What a model file that a picture was made with is for."""

from enum import StrEnum


class FileKind(StrEnum):
    MODEL = "model"
    LORA = "lora"
    VAE = "vae"
    CONTROLNET = "controlnet"
    UPSCALER = "upscaler"
    TEXT_ENCODER = "text_encoder"
