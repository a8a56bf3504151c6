"""Only what is masked is drawn, at the model's size; the picture keeps its own size and every pixel beside."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw

from tests.api.conftest import Studio
from tests.api.machines import DREAMSHAPER, drawn, machines
from vibes.services.media.masked_parts import painted_in

LARGE = (1500, 1000)
PAINTED = (900, 600, 960, 650)
PART = (868, 568, 992, 682)
"""With 32 pixels around it."""


def photograph(size: tuple[int, int] = LARGE) -> Image.Image:
    """No two neighbouring pixels alike, so that a shift by one shows."""
    across = Image.linear_gradient("L").resize(size)
    down = Image.linear_gradient("L").rotate(90).resize(size)
    return Image.merge("RGB", (across, down, ImageChops.add_modulo(across, down)))


def mask(size: tuple[int, int] = LARGE, painted: tuple[int, int, int, int] | None = PAINTED) -> Image.Image:
    image = Image.new("L", size)
    if painted:
        ImageDraw.Draw(image).rectangle((painted[0], painted[1], painted[2] - 1, painted[3] - 1), fill=255)
    return image


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


async def uploaded(studio: Studio, content: bytes) -> str:
    answer = await studio.http.post("/api/artifacts", files={"file": ("x", content)})
    assert answer.status_code == 201, answer.text
    return f"artifact:{answer.json()['artifact_id']}"


async def result_of(studio: Studio, generation: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO((await studio.http.get(generation["image_url"])).content)).convert("RGB")


def asked(image: str, painted: str, **more: Any) -> dict[str, Any]:
    parameters = {"image": image, "mask": painted, "only_masked": True, "only_masked_padding": 32, **more}
    return {"prompt": "a hat", "model_family": "sd15", "steps": 2, "denoise_strength": 1.0, "parameters": parameters}


def changed(source: Image.Image, result: Image.Image) -> tuple[int, int, int, int]:
    """Where the two differ, leaving out the lower right corner, where the simulator puts its mark."""
    assert result.size == source.size
    difference = ImageChops.difference(source.convert("RGB"), result)
    difference.paste((0, 0, 0), (max(source.width - 300, 0), max(source.height - 60, 0), *source.size))
    box = difference.getbbox()
    assert box is not None, "nothing was drawn"
    return box


async def test_a_small_part_of_a_large_picture_is_drawn_at_the_models_size_and_laid_back(tmp_path: Path) -> None:
    source = photograph()
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        image, painted = await uploaded(studio, file_of(source)), await uploaded(studio, file_of(mask()))
        one = await drawn(studio, **asked(image, painted))
        left, top, right, bottom = changed(source, await result_of(studio, one))
        stored = await studio.hub.storage.generations.get(one["id"])
        assert stored is not None
        spec = stored.spec
        # once more over the result, by the words of the first: what was found of its mask is found anew
        elsewhere = await uploaded(studio, file_of(mask(painted=(0, 0, 40, 1000))))
        more = {**asked(image, elsewhere), "parameters": {"mask": elsewhere, "only_masked": True}}
        two = await drawn(studio, **more, **{"from": [one["id"]]})
        onto = changed(await result_of(studio, one), await result_of(studio, two))
    told = one["parameters"]
    assert [told[f"region_{each}"] for each in ("x", "y", "width", "height")] == [868, 568, 124, 114]
    assert (one["width"], one["height"]) == LARGE
    assert (spec.width or 0) * (spec.height or 0) == pytest.approx(512 * 512, rel=0.1)
    assert PART[0] <= left < right <= PART[2]
    assert PART[1] <= top < bottom <= PART[3]
    assert (two["parameters"]["region_x"], two["parameters"]["region_width"]) == (0, 250)
    assert onto[2] <= 104
    assert two["workflow"] == "sd15_inpaint"


@pytest.mark.parametrize(
    ("size", "painted", "part"),
    [
        ((400, 300), (10, 10, 20, 20), (0, 0, 64, 64)),
        ((700, 500), (0, 0, 700, 500), (0, 0, 700, 500)),
        ((700, 500), (0, 499, 1, 500), (0, 436, 64, 64)),
    ],
    ids=["smaller than the model's size", "over everything", "one pixel in a corner"],
)
async def test_unusual_masks_are_drawn_too(
    tmp_path: Path, size: tuple[int, int], painted: tuple[int, int, int, int], part: tuple[int, int, int, int]
) -> None:
    source = photograph(size)
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        names = await uploaded(studio, file_of(source)), await uploaded(studio, file_of(mask(size, painted)))
        one = await drawn(studio, **asked(*names, only_masked_padding=0))
        box = changed(source, await result_of(studio, one))
    assert tuple(one["parameters"][f"region_{each}"] for each in ("x", "y", "width", "height")) == part
    assert part[0] <= box[0] < box[2] <= part[0] + part[2]
    assert part[1] <= box[1] < box[3] <= part[1] + part[3]


@pytest.mark.parametrize("size", [LARGE, (300, 200)], ids=["of the picture's size", "smaller"])
def test_a_mask_painted_on_a_transparent_ground_shows_what_nodes_see_of_it(size: tuple[int, int]) -> None:
    white = mask(size, painted=(180, 120, 192, 130))
    on_glass = Image.merge("RGBA", (white, white, white, white))
    assert painted_in(file_of(on_glass), LARGE) == painted_in(file_of(white), LARGE) is not None


async def test_a_turned_photograph_is_drawn_into_as_it_is_seen_and_a_smaller_mask_fits_it(tmp_path: Path) -> None:
    upright = photograph((600, 900))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    small = mask((200, 300), (150, 250, 160, 260))
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        image = await uploaded(studio, file_of(turned, "WEBP", lossless=True, exif=exif.tobytes()))
        one = await drawn(studio, **asked(image, await uploaded(studio, file_of(small))))
        box = changed(upright, await result_of(studio, one))
    assert box[0] >= 450 - 32
    assert box[1] >= 750 - 32


async def test_what_is_seen_beside_a_transparent_pictures_mask_stays(tmp_path: Path) -> None:
    source = photograph((600, 400)).convert("RGBA")
    source.putalpha(Image.linear_gradient("L").resize(source.size))
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        names = (
            await uploaded(studio, file_of(source)),
            await uploaded(studio, file_of(mask(source.size, (9, 9, 30, 30)))),
        )
        result = await result_of(studio, await drawn(studio, **asked(*names)))
    on_white = Image.alpha_composite(Image.new("RGBA", source.size, "white"), source)
    difference = ImageChops.difference(on_white.convert("RGB"), result).point(lambda value: 255 if value > 1 else 0)
    difference.paste((0, 0, 0), (300, 340, *source.size))  # the simulator's mark
    box = difference.getbbox()
    assert box is not None
    assert box[2] <= 30 + 32
    assert box[3] <= 30 + 32


async def test_a_mask_that_shows_nothing_and_a_part_beside_the_picture_are_refused_in_words(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        image, empty = (
            await uploaded(studio, file_of(photograph())),
            await uploaded(studio, file_of(mask(painted=None))),
        )
        refused = await studio.http.post("/api/generate", json=asked(image, empty))
        beside = {"region_x": 1400, "region_y": 0, "region_width": 200, "region_height": 200}
        outside = await studio.http.post("/api/generate", json=asked(image, empty, **beside))
        halves: list[dict[str, int]] = [{"region_x": 5}, {"region_y": 5, "region_width": 99}, {"region_height": 99}]
        half = [await studio.http.post("/api/generate", json=asked(image, empty, **each)) for each in halves]
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "mask")
    assert "nothing is painted" in refused.json()["detail"]
    assert outside.status_code == 422
    assert "does not lie in a picture of 1500x1000 pixels" in outside.json()["detail"]
    assert [each.status_code for each in half] == [422] * 3
    assert [each.json()["errors"][0]["field"] for each in half] == ["region_width", "region_height", "region_width"]
    assert "name all of region_x, region_y, region_width, region_height, or none" in half[0].json()["detail"]


async def test_each_picture_of_a_grid_has_the_part_that_its_own_mask_padding_and_picture_ask_for(
    tmp_path: Path,
) -> None:
    """The first one's was used for all."""
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        image, other = [await uploaded(studio, file_of(photograph(each))) for each in (LARGE, (750, 500))]
        painted, elsewhere = [await uploaded(studio, file_of(mask(painted=each))) for each in (PAINTED, (0, 0, 90, 90))]

        async def varied(*variations: dict[str, Any]) -> list[dict[str, Any]]:
            body = {**asked(image, painted), "variations": variations}
            answer = await studio.http.post("/api/generate/variations", json=body)
            assert answer.status_code == 202, answer.text
            return [each["parameters"] for each in answer.json()["generations"]]

        padded = await varied({"only_masked_padding": 32}, {"only_masked_padding": 100})
        masked = await varied({"mask": painted}, {"mask": elsewhere})
        sources = await varied({"image": image}, {"image": other})
        whole = await varied({"only_masked": True}, {"only_masked": False})
    assert [each["region_x"] for each in padded] == [868, 800]
    assert [(each["mask"], each["region_x"]) for each in masked] == [(painted, 868), (elsewhere, 0)]
    assert [(each["image"], each["region_x"]) for each in sources] == [(image, 868), (other, 418)]
    assert [each["region_width"] for each in whole] == [124, 0]


async def test_a_part_is_drawn_in_its_own_shape_whatever_the_format(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [DREAMSHAPER]}) as studio:
        names = [await uploaded(studio, file_of(each)) for each in (photograph(), mask(painted=(0, 400, 1500, 600)))]
        body = {**asked(*names, only_masked_padding=0), "format": "9:16"}
        answer = (await studio.http.post("/api/generate", json=body)).json()
        [one] = answer["generations"]
    assert one["parameters"]["region_width"] == 1500
    assert one["width"] > 2 * one["height"]


def test_the_black_of_a_mask_that_was_kept_as_a_jpeg_does_not_count_as_painted() -> None:
    noise = Image.effect_noise(LARGE, 12).point(lambda value: max(value - 128, 0) // 4)
    noisy = file_of(ImageChops.lighter(mask(), noise), "JPEG", quality=60)
    found = painted_in(noisy, LARGE)
    assert found is not None
    assert abs(found.x - PAINTED[0]) <= 8
    assert found.width <= PAINTED[2] - PAINTED[0] + 16
    assert painted_in(file_of(noise, "JPEG"), LARGE) is None
