"""What a generator may be able to do beyond a picture from a text."""

from enum import StrEnum


class GeneratorCapabilities(StrEnum):
    """A class declares the most that it can do; what holds for one model and its settings is in its `Offers`."""

    IMAGE_TO_IMAGE = "image_to_image"
    """Starts from a picture, as strongly changed as asked."""
    CONTROLNET = "controlnet"
    """Follows a control picture, such as a depth map."""
    NEGATIVE_PROMPTS = "negative_prompts"
    """Leaves out what a second text names."""
    SEEDS = "seeds"
    """The same seed draws the same picture again."""
    CUSTOM_SCHEDULERS = "custom_schedulers"
    """Samplers and schedulers can be chosen."""
    LORA = "lora"
    """Takes LoRAs, each with a strength."""
    UPSCALING = "upscaling"
    """Enlarges a picture."""
