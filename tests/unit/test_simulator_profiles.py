"""The simulated cards take the times of their profiles."""

import pytest

from vibes.simulator.setup.options import NodeOptions
from vibes.simulator.setup.profiles import PROFILES, Family, GpuProfile, family_of
from vibes.simulator.state.machine import Machine


def whole_seconds(profile: GpuProfile, family: Family, steps: int, side: int) -> float:
    """A warm picture from sampling to its file."""
    megapixels = side * side / 1024**2
    overhead = profile.decode_seconds(megapixels) + profile.save_seconds(megapixels)
    return profile.sampling_seconds(family, steps, megapixels) + overhead


@pytest.mark.parametrize(
    ("slug", "family", "steps", "side", "seconds"),
    [
        ("rtx-3050-ti", Family.SD15, 10, 512, 1.5),
        ("rtx-3060", Family.SD15, 10, 512, 1.0),
        ("rtx-4060-ti", Family.SD15, 10, 512, 0.8),
        ("rtx-5060-ti", Family.SD15, 10, 512, 0.5),
        ("rtx-3060", Family.SDXL, 25, 1024, 10.0),
        ("rtx-4060-ti", Family.SDXL, 35, 1024, 12.0),
        ("rtx-5060-ti", Family.SDXL, 50, 1024, 15.0),
        ("rtx-5060-ti", Family.FLUX, 20, 1024, 8.0),
    ],
)
def test_a_warm_picture_takes_the_seconds_of_the_table(
    slug: str, family: Family, steps: int, side: int, seconds: float
) -> None:
    assert whole_seconds(PROFILES[slug], family, steps, side) == pytest.approx(seconds)


def test_upscaling_four_times_takes_the_seconds_of_the_table_and_more_on_slower_cards() -> None:
    seconds = {
        slug: profile.upscale_seconds(1.0, 4) + profile.save_seconds(16.0)
        for slug, profile in PROFILES.items()
        if not profile.instant
    }
    assert seconds["rtx-5060-ti"] == pytest.approx(2.0)
    assert seconds["rtx-5060-ti"] < seconds["rtx-4060-ti"] < seconds["rtx-3060"] < seconds["rtx-3050-ti"]


def test_sampling_is_linear_in_steps_and_megapixels() -> None:
    card = PROFILES["rtx-3060"]
    one = card.sampling_seconds(Family.SDXL, 10, 0.5)
    assert card.sampling_seconds(Family.SDXL, 20, 0.5) == pytest.approx(2 * one)
    assert card.sampling_seconds(Family.SDXL, 10, 1.5) == pytest.approx(3 * one)


def test_a_checkpoint_is_paid_for_when_it_is_not_the_loaded_one() -> None:
    machine = Machine(PROFILES["rtx-3060"])
    costs = [machine.load("a", Family.SD15), machine.load("a", Family.SD15), machine.load("b", Family.SDXL)]
    assert costs == [2.0, 0.0, 5.0]
    assert machine.load("a", Family.SD15) == 2.0
    machine.unload()
    assert machine.load("a", Family.SD15) == 2.0


@pytest.mark.parametrize("slug", sorted(PROFILES))
def test_memory_never_exceeds_the_card(slug: str) -> None:
    machine = Machine(PROFILES[slug])
    empty = machine.vram()
    for family in Family:
        machine.load(family, family)
        vram = machine.vram()
        assert 0 <= vram["vram_free"] < empty["vram_free"] <= vram["vram_total"]


@pytest.mark.parametrize(
    ("name", "latent", "family"),
    [
        ("v1-5-pruned-emaonly.safetensors", None, Family.SD15),
        ("ponyDiffusionV6XL.safetensors", None, Family.SDXL),
        ("Illustrious-v2.safetensors", None, Family.SDXL),
        ("flux1-dev-fp8.safetensors", None, Family.FLUX),
        ("flux2_dev_fp8mixed.safetensors", Family.FLUX2, Family.FLUX2),
        ("z_image_turbo_bf16.safetensors", Family.FLUX, Family.Z_IMAGE),
        ("mine.safetensors", Family.FLUX, Family.FLUX),
        ("mine.safetensors", None, Family.SD15),
    ],
)
def test_families_are_told_by_name_and_else_by_latent(name: str, latent: Family | None, family: Family) -> None:
    assert family_of(name, latent) is family


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"profile": "rtx-9090"}, "no GPU profile 'rtx-9090'; choose one of rtx-3050-ti, rtx-3060"),
        ({"comfyui_version": "0.1"}, "no dialect of ComfyUI '0.1'; choose one of 0.3.64, 0.33.0"),
        ({"time_scale": -1.0}, "time_scale must be 0 or more, not -1.0"),
        ({"time_scale": float("nan")}, "time_scale must be 0 or more, not nan"),
        ({"port": 70000}, "port must be 0 to 65535, not 70000"),
    ],
)
def test_wrong_options_say_what_would_be_right(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace(".", r"\.")):
        NodeOptions(**wrong)  # type: ignore[arg-type]  # the cases name fields
