"""Graph nodes between pictures and latents."""

from collections.abc import Callable
from dataclasses import replace

from PIL import Image, ImageChops, ImageFilter

from vibes.simulator.graph_nodes.base import Bench, Done, Estimate, GraphNodeClass, Inputs, Run, Work, values
from vibes.simulator.graph_nodes.scaling import cropped_to_aspect, resampling
from vibes.simulator.graph_nodes.values import Images, Latent, megapixels_of
from vibes.simulator.pictures import finish
from vibes.simulator.setup.profiles import Family, GpuProfile

_UNIT = 8
"""Pixels of a picture per cell of a latent."""

_GREY = (128, 128, 128)


def _empty(family: Family | None) -> Run:
    def run(inputs: Inputs, _bench: Bench) -> Done:
        size = (_floored(inputs["width"]), _floored(inputs["height"]))
        return values(Latent(size, inputs["batch_size"], family=family))

    return run


def _decode(inputs: Inputs, _bench: Bench) -> Done:
    latent: Latent = inputs["samples"]
    if latent.pictures is None:
        return values(tuple(Image.new("RGB", latent.size, _GREY) for _ in range(latent.batch)))
    return values(tuple(finish.enlarge(picture, latent.size) for picture in latent.pictures))


def _encode(inputs: Inputs, _bench: Bench) -> Done:
    return values(_encoded(inputs["pixels"]))


def _encode_for_inpaint(inputs: Inputs, _bench: Bench) -> Done:
    latent = _encoded(inputs["pixels"])
    mask = grown(inputs["mask"][0], inputs["grow_mask_by"])
    blanked = tuple(_blanked(picture, mask) for picture in latent.pictures or ())
    return values(replace(latent, pictures=blanked, mask=mask))


def _set_mask(inputs: Inputs, _bench: Bench) -> Done:
    return values(replace(inputs["samples"], mask=inputs["mask"][0]))


def _inpaint_conditioning(inputs: Inputs, _bench: Bench) -> Done:
    latent = _encoded(inputs["pixels"])
    if inputs["noise_mask"]:
        latent = replace(latent, mask=inputs["mask"][0])
    return values(inputs["positive"], inputs["negative"], latent)


def _upscale(inputs: Inputs, _bench: Bench) -> Done:
    latent: Latent = inputs["samples"]
    if "scale_by" in inputs:
        width, height = (round(side * inputs["scale_by"]) for side in latent.size)
    else:
        width, height = inputs["width"] or latent.size[0], inputs["height"] or latent.size[1]
    size = (_floored(width), _floored(height))
    if latent.pictures is None:
        return values(replace(latent, size=size))
    method = resampling(inputs["upscale_method"])
    fit: Callable[[Image.Image], Image.Image] = (
        (lambda picture: cropped_to_aspect(picture, size))
        if inputs.get("crop") == "center"
        else lambda picture: picture
    )
    return values(replace(latent, size=size, pictures=tuple(fit(p).resize(size, method) for p in latent.pictures)))


def _repeat(inputs: Inputs, _bench: Bench) -> Done:
    latent: Latent = inputs["samples"]
    pictures = None if latent.pictures is None else latent.pictures * inputs["amount"]
    return values(replace(latent, batch=latent.batch * inputs["amount"], pictures=pictures))


def grown(mask: Image.Image, pixels: int) -> Image.Image:
    """A mask whose white part is larger by ``pixels`` on every side, or smaller when negative."""
    if pixels == 0:
        return mask
    spread = mask.filter(ImageFilter.BoxBlur(abs(pixels)))
    if pixels > 0:
        return ImageChops.lighter(mask, spread.point([0] + [255] * 255))
    return ImageChops.darker(mask, spread.point([0] * 255 + [255]))


def _encoded(images: Images) -> Latent:
    width, height = (_floored(side) for side in images[0].size)
    left, top = (images[0].width - width) // 2, (images[0].height - height) // 2
    box = (left, top, left + width, top + height)
    cropped = tuple(image if image.size == (width, height) else image.crop(box) for image in images)
    return Latent((width, height), len(images), pictures=cropped)


def _blanked(picture: Image.Image, mask: Image.Image) -> Image.Image:
    grey = Image.new("RGB", picture.size, _GREY)
    return Image.composite(grey, picture, mask.resize(picture.size))


def _floored(pixels: int) -> int:
    return max(pixels // _UNIT * _UNIT, _UNIT)


def _decoding(inputs: Inputs, profile: GpuProfile) -> Work:
    latent: Latent = inputs["samples"]
    return Work(seconds=profile.decode_seconds(latent.megapixels))


def _encoding(inputs: Inputs, profile: GpuProfile) -> Work:
    return Work(seconds=profile.decode_seconds(megapixels_of(inputs["pixels"])))


def _heavy(run: Run, work: Estimate | None = None) -> GraphNodeClass:
    return GraphNodeClass(run, heavy=True) if work is None else GraphNodeClass(run, work, heavy=True)


CLASSES = {
    "EmptyLatentImage": GraphNodeClass(_empty(None)),
    "EmptySD3LatentImage": GraphNodeClass(_empty(Family.FLUX)),
    "EmptyFlux2LatentImage": GraphNodeClass(_empty(Family.FLUX2)),
    "VAEDecode": _heavy(_decode, _decoding),
    "VAEEncode": _heavy(_encode, _encoding),
    "VAEEncodeForInpaint": _heavy(_encode_for_inpaint, _encoding),
    "InpaintModelConditioning": _heavy(_inpaint_conditioning, _encoding),
    "SetLatentNoiseMask": GraphNodeClass(_set_mask),
    "LatentUpscale": _heavy(_upscale),
    "LatentUpscaleBy": _heavy(_upscale),
    "RepeatLatentBatch": GraphNodeClass(_repeat),
}
