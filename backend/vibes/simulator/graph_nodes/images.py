"""Graph nodes that read and change pictures and masks."""

import math

from PIL import Image, ImageChops, ImageFilter, ImageOps

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, Inputs, Work, values
from vibes.simulator.graph_nodes.latents import grown
from vibes.simulator.graph_nodes.scaling import cropped_to_aspect, resampling
from vibes.simulator.graph_nodes.values import Images, Masks, UpscaleModel, megapixels_of
from vibes.simulator.pictures import finish
from vibes.simulator.setup.profiles import PIXELS_PER_MEGAPIXEL, GpuProfile
from vibes.simulator.state.files import PICTURE_FORMATS

_NO_MASK_SIDE = 64
"""LoadImage gives a black square of this side for a picture without transparency."""

_TILE, _OVERLAP = 512, 32
"""How ComfyUI cuts a picture for an upscale model; each tile is one report of progress."""

_SLOPE_GAIN = 9
"""Scales the slopes of a smoothed picture to the thresholds' range, so that grain stays below the lower one."""


def _load(inputs: Inputs, bench: Bench) -> Done:
    with Image.open(bench.files.annotated(inputs["image"]), formats=PICTURE_FORMATS) as opened:
        image = ImageOps.exif_transpose(opened)
        if "A" in image.getbands():
            mask = ImageOps.invert(image.getchannel("A"))
        else:
            mask = Image.new("L", (_NO_MASK_SIDE, _NO_MASK_SIDE))
        return values((image.convert("RGB"),), (mask,))


def _load_mask(inputs: Inputs, bench: Bench) -> Done:
    with Image.open(bench.files.annotated(inputs["image"]), formats=PICTURE_FORMATS) as opened:
        image = opened.convert("RGBA")
    band = image.getchannel(inputs["channel"][0].upper())
    return values((ImageOps.invert(band) if inputs["channel"] == "alpha" else band,))


def _scale(inputs: Inputs, _bench: Bench) -> Done:
    images: Images = inputs["image"]
    width, height = inputs["width"], inputs["height"]
    if width == 0 and height == 0:
        return values(images)
    aspect = images[0].width / images[0].height
    size = (width or max(round(height * aspect), 1), height or max(round(width / aspect), 1))
    if inputs["crop"] == "center":
        images = tuple(cropped_to_aspect(image, size) for image in images)
    return values(tuple(image.resize(size, resampling(inputs["upscale_method"])) for image in images))


def _crop(inputs: Inputs, _bench: Bench) -> Done:
    """As far as the pictures reach."""
    first: Image.Image = inputs["image"][0]
    x, y = min(inputs["x"], first.width - 1), min(inputs["y"], first.height - 1)
    box = (x, y, min(x + inputs["width"], first.width), min(y + inputs["height"], first.height))
    return values(tuple(image.crop(box) for image in inputs["image"]))


def _scale_by(inputs: Inputs, _bench: Bench) -> Done:
    method, factor = resampling(inputs["upscale_method"]), inputs["scale_by"]
    return values(
        tuple(
            i.resize((max(round(i.width * factor), 1), max(round(i.height * factor), 1)), method)
            for i in inputs["image"]
        )
    )


def _kontext_scale(inputs: Inputs, _bench: Bench) -> Done:
    """About one megapixel, in multiples of 16."""
    images: Images = inputs["image"]
    factor = math.sqrt(PIXELS_PER_MEGAPIXEL / (images[0].width * images[0].height))
    size = (max(round(images[0].width * factor / 16), 1) * 16, max(round(images[0].height * factor / 16), 1) * 16)
    return values(tuple(cropped_to_aspect(i, size).resize(size, Image.Resampling.LANCZOS) for i in images))


def _upscale(inputs: Inputs, _bench: Bench) -> Done:
    model: UpscaleModel = inputs["upscale_model"]
    return values(tuple(finish.upscale(image, model.factor) for image in inputs["image"]))


def _upscale_work(inputs: Inputs, profile: GpuProfile) -> Work:
    model: UpscaleModel = inputs["upscale_model"]
    images: Images = inputs["image"]
    tiles = sum(_tiles(image.width) * _tiles(image.height) for image in images)
    return Work(seconds=profile.upscale_seconds(megapixels_of(images), model.factor), steps=tiles)


def _tiles(side: int) -> int:
    return 1 if side <= _TILE else math.ceil((side - _OVERLAP) / (_TILE - _OVERLAP))


def _canny(inputs: Inputs, _bench: Bench) -> Done:
    low, high = inputs["low_threshold"] * 255, inputs["high_threshold"] * 255
    return values(tuple(_edges(image, low, high) for image in inputs["image"]))


def _edges(image: Image.Image, low: float, high: float) -> Image.Image:
    """White lines on black where brightness jumps; faint ones only beside strong ones."""
    reach = max(round(min(image.size) / 400), 1)
    smooth = image.convert("L").filter(ImageFilter.GaussianBlur(reach * 0.7))
    across, down = (ImageChops.difference(smooth, _shifted(smooth, shift)) for shift in ((reach, 0), (0, reach)))
    slopes = ImageChops.lighter(across, down)
    strong = slopes.point([255 if value * _SLOPE_GAIN >= high else 0 for value in range(256)])
    faint = slopes.point([255 if value * _SLOPE_GAIN >= low else 0 for value in range(256)])
    beside = strong.filter(ImageFilter.MaxFilter(2 * reach + 1))
    return ImageChops.darker(faint, beside).convert("RGB")


def _shifted(image: Image.Image, shift: tuple[int, int]) -> Image.Image:
    """The picture moved by ``shift``; its own pixels where nothing moved in."""
    moved = image.copy()
    moved.paste(image, shift)
    return moved


def _batch(inputs: Inputs, _bench: Bench) -> Done:
    first: Images = inputs["image1"]
    second = tuple(image.resize(first[0].size) for image in inputs["image2"])
    return values((*first, *second))


def _invert(inputs: Inputs, _bench: Bench) -> Done:
    return values(tuple(ImageOps.invert(image) for image in inputs["image"]))


def _empty(inputs: Inputs, _bench: Bench) -> Done:
    colour: int = inputs["color"]
    parts = (colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF)
    return values(
        tuple(Image.new("RGB", (inputs["width"], inputs["height"]), parts) for _ in range(inputs["batch_size"]))
    )


def _grow_mask(inputs: Inputs, _bench: Bench) -> Done:
    masks: Masks = inputs["mask"]
    return values(tuple(grown(mask, inputs["expand"]) for mask in masks))


def _composite(inputs: Inputs, _bench: Bench) -> Done:
    """The source over the destination where the mask is white; all of the source without a mask."""
    place = (inputs["x"], inputs["y"])
    return values(tuple(_pasted(image, inputs["source"], place, inputs) for image in inputs["destination"]))


def _pasted(below: Image.Image, sources: Images, place: tuple[int, int], inputs: Inputs) -> Image.Image:
    source = sources[0].resize(below.size, Image.Resampling.BILINEAR) if inputs["resize_source"] else sources[0]
    result = below.copy()
    masks: Masks = inputs.get("mask", (Image.new("L", source.size, 255),))
    result.paste(source, place, masks[0].resize(source.size, Image.Resampling.BILINEAR))
    return result


def _mask_to_image(inputs: Inputs, _bench: Bench) -> Done:
    return values(tuple(mask.convert("RGB") for mask in inputs["mask"]))


def _image_to_mask(inputs: Inputs, _bench: Bench) -> Done:
    band = {"red": 0, "green": 1, "blue": 2}.get(inputs["channel"])
    return values(tuple(Image.new("L", i.size, 255) if band is None else i.getchannel(band) for i in inputs["image"]))


CLASSES = {
    "LoadImage": GraphNodeClass(_load, heavy=True),
    "LoadImageMask": GraphNodeClass(_load_mask, heavy=True),
    "ImageCrop": GraphNodeClass(_crop),
    "ImageScale": GraphNodeClass(_scale, heavy=True),
    "ImageScaleBy": GraphNodeClass(_scale_by, heavy=True),
    "FluxKontextImageScale": GraphNodeClass(_kontext_scale, heavy=True),
    "ImageUpscaleWithModel": GraphNodeClass(_upscale, _upscale_work, heavy=True),
    "Canny": GraphNodeClass(_canny, heavy=True),
    "ImageCompositeMasked": GraphNodeClass(_composite, heavy=True),
    "ImageBatch": GraphNodeClass(_batch, heavy=True),
    "ImageInvert": GraphNodeClass(_invert, heavy=True),
    "EmptyImage": GraphNodeClass(_empty),
    "GrowMask": GraphNodeClass(_grow_mask, heavy=True),
    "MaskToImage": GraphNodeClass(_mask_to_image),
    "ImageToMask": GraphNodeClass(_image_to_mask),
}
