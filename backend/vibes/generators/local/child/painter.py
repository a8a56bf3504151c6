"""Draws with Diffusers: the pipeline that a request asks for, over the modules that all of them share."""

from collections.abc import Mapping
from typing import Any

import diffusers
import torch
from PIL import Image

from vibes.generators.local.child import inputs, loading
from vibes.generators.local.child.loras import Loras
from vibes.generators.local.child.serving import Refused, Watch
from vibes.generators.local.frames import Message
from vibes.generators.local.samplers import SAMPLERS, SCHEDULERS

WARM_UP_SIDE = 256
"""Pixels of the picture that is drawn before any is asked for: enough to load and to choose every kernel."""


class DiffusersPainter:
    """`load` first; a pipeline draws one picture at a time."""

    def load(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        self._settings = settings
        self._family = str(settings["family"])
        self._device = loading.device_of(settings["device"])
        self._dtype = loading.dtype_of(settings["dtype"], self._device)
        self._base = loading.pipeline_of(settings, self._dtype)
        self._scheduler = dict(self._base.scheduler.config)
        self._controlnet = loading.controlnet_of(settings, self._dtype)
        self._pipelines: dict[str, Any] = {"": loading.placed(self._base, settings, self._device)}
        if settings["compile"]:
            self._base.unet.compile_repeated_blocks()
        self._loras = Loras(self._base, settings["loras_dir"])
        if settings["warm_up"]:
            self._warm_up()
        versions = {"torch": torch.__version__, "diffusers": diffusers.__version__}
        return {**versions, "device": self._device_name(), "dtype": str(self._dtype).removeprefix("torch.")}

    def draw(self, order: Message, watch: Watch) -> bytes:
        asked = order.said
        self._loras.put_on(asked["loras"])
        return inputs.png_of(self._drawn(asked, order.parts, watch))

    def _drawn(self, asked: Mapping[str, Any], parts: Mapping[str, bytes], watch: Watch) -> Any:
        size = (int(asked["width"]), int(asked["height"]))
        pictures = {
            name: inputs.picture_of(content, name, size, "L" if name == "mask" else "RGB")
            for name, content in parts.items()
        }
        pipeline = self._pipeline(_kind(pictures))
        pipeline.scheduler = self._sampler(asked["sampler"], asked["scheduler"])
        result = pipeline(
            prompt=asked["prompt"],
            negative_prompt=asked["negative_prompt"] or None,
            num_inference_steps=asked["steps"],
            guidance_scale=asked["guidance_scale"],
            generator=torch.Generator("cpu").manual_seed(int(asked["seed"])),
            callback_on_step_end=self._callback(asked, watch, started="image" in pictures),
            callback_on_step_end_tensor_inputs=["latents"],
            **_arguments(asked, pictures, size),
        )
        drawn = result.images[0]
        if "mask" not in pictures:
            return drawn
        return Image.composite(drawn, pictures["image"], pictures["mask"])  # what is not masked stays as it was

    def _callback(self, asked: Mapping[str, Any], watch: Watch, *, started: bool) -> Any:
        steps = int(asked["steps"] * asked["strength"]) if started else int(asked["steps"])

        def on_step(pipeline: Any, step: int, timestep: Any, told: dict[str, Any]) -> dict[str, Any]:
            watch.step(min(step + 1, steps), steps)
            if asked["previews"] and step + 1 < steps:
                watch.preview(inputs.preview_of(told["latents"].float(), self._family))
            return told

        return on_step

    def _pipeline(self, kind: str) -> Any:
        """Made of the modules that are loaded already, so that it costs no memory."""
        if kind not in self._pipelines:
            pipeline_class = getattr(diffusers, f"{loading.BASES[self._family]}{kind}Pipeline")
            more = {"controlnet": self._controlnet} if kind.startswith("ControlNet") else {}
            made = pipeline_class.from_pipe(self._base, dtype=self._dtype, **more)
            made.set_progress_bar_config(disable=True)
            self._pipelines[kind] = loading.placed(made, self._settings, self._device)
        return self._pipelines[kind]

    def _sampler(self, sampler: str, scheduler: str) -> Any:
        known = SAMPLERS[sampler]
        scheduler_class = getattr(diffusers, known.class_name)
        return scheduler_class.from_config(self._scheduler, **known.settings, **SCHEDULERS[scheduler])

    def _warm_up(self) -> None:
        lightning = self._settings["lightning_steps"]
        self._base(
            prompt="warm-up", width=WARM_UP_SIDE, height=WARM_UP_SIDE, num_inference_steps=1,
            guidance_scale=0.0 if lightning else 5.0,
        )  # fmt: skip

    def _device_name(self) -> str:
        return torch.cuda.get_device_name(self._device) if self._device.startswith("cuda") else self._device


def _kind(pictures: Mapping[str, Any]) -> str:
    """What stands between the family's name and ``Pipeline``."""
    if "mask" in pictures and "image" not in pictures:
        raise Refused("invalid_input", "a mask needs the picture that it belongs to")
    start = "Inpaint" if "mask" in pictures else "Img2Img" if "image" in pictures else ""
    return ("ControlNet" if "depth_map" in pictures else "") + start


def _arguments(asked: Mapping[str, Any], pictures: Mapping[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    """What only some of the pipelines take."""
    arguments: dict[str, Any] = {}
    if "depth_map" in pictures:
        arguments["controlnet_conditioning_scale"] = float(asked["controlnet_strength"])
        arguments["control_image" if "image" in pictures else "image"] = pictures["depth_map"]
    if "image" in pictures:
        arguments |= {"image": pictures["image"], "strength": float(asked["strength"])}
    if "mask" in pictures:
        arguments["mask_image"] = pictures["mask"]
    if "image" not in pictures or "mask" in pictures or "depth_map" in pictures:
        arguments |= {"width": size[0], "height": size[1]}
    return arguments
