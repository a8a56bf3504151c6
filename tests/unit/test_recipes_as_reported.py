"""Pictures and texts of kinds that other readers of metadata were reported to get wrong."""

import json
from typing import Any

import pytest

from tests.pictures import ramp, saved
from tests.unit.import_exports import graph_node, sampled, with_inputs
from vibes.documents.png_texts import with_text
from vibes.recipes.reading import read_recipe
from vibes.recipes.recipe import Recipe

PNG = saved(ramp("RGB"))
SETTINGS = "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 13, Size: 512x768"


def told(**texts: str) -> Recipe:
    content = PNG
    for name, text in texts.items():
        content = with_text(content, name, text)
    recipe = read_recipe(content)
    assert recipe is not None
    return recipe


def told_of_graph(graph: dict[str, Any]) -> Recipe:
    return told(prompt=json.dumps(graph))


@pytest.mark.parametrize(
    "text",
    [
        f"a fox\nNegative prompt: text, {SETTINGS}",
        f"a fox\nNegative prompt: text {SETTINGS}",
        f"a fox Negative prompt: text {SETTINGS}",
        f"a fox, Negative prompt: text, {SETTINGS}",
    ],
)
def test_settings_behind_a_prompt_in_its_line_are_no_part_of_it(text: str) -> None:
    found = told(parameters=text).settings
    assert (found.prompt, found.negative_prompt) == ("a fox", "text")
    assert (found.steps, found.seed, found.width, found.height) == (20, 13, 512, 768)


def test_a_prompt_alone_may_have_settings_behind_it_and_speak_of_steps() -> None:
    found = told(parameters=f"a stairway, Steps: 3 of them, {SETTINGS}").settings
    assert (found.prompt, found.negative_prompt, found.steps) == ("a stairway, Steps: 3 of them", None, 20)


def test_what_is_not_wanted_is_told_without_any_settings() -> None:
    found = told(parameters="a fox\nNegative prompt: text\nsigns").settings
    assert (found.prompt, found.negative_prompt, found.steps) == ("a fox", "text\nsigns", None)


def test_a_link_to_nowhere_in_a_savers_inputs_takes_nothing_else_away() -> None:
    saver = graph_node("SaveImageWithMetaData", images=["8", 0], extra=["-1", 0], filename_prefix="x")
    found = told_of_graph(sampled(n9=saver)).settings
    assert (found.prompt, found.negative_prompt, found.seed, found.steps) == ("a cat", "blurry", 1, 20)


def test_a_custom_sampler_whose_seed_another_pack_keeps_is_read() -> None:
    sampler = graph_node("SamplerCustomAdvanced", noise=["30", 0], guider=["31", 0], sampler=["32", 0],
                         sigmas=["33", 0], latent_image=["5", 0])  # fmt: skip
    found = told_of_graph(
        sampled(
            n3=sampler,
            n30=graph_node("RandomNoise", noise_seed=["34", 0]),
            n31=graph_node("CFGGuider", model=["4", 0], positive=["6", 0], negative=["7", 0], cfg=4.5),
            n32=graph_node("KSamplerSelect", sampler_name="euler"),
            n33=graph_node("BasicScheduler", model=["4", 0], scheduler="simple", steps=22, denoise=1),
            n34=graph_node("Seed (rgthree)", seed=4242),
        )
    ).settings
    assert (found.prompt, found.seed, found.steps, found.cfg_scale) == ("a cat", 4242, 22, 4.5)


def test_what_a_graph_lacks_or_leaves_empty_hides_nothing_else() -> None:
    found = told_of_graph(with_inputs(sampled(), "3", cfg=None)).settings
    assert (found.prompt, found.cfg_scale) == ("a cat", None)


def test_a_setting_with_a_line_break_stays_out_of_the_prompts() -> None:
    text = f'a fox\nNegative prompt: text\n{SETTINGS}, Wildcard prompt: "a __x__\nsecond, line", Version: v1.5.1'
    found = told(parameters=text).settings
    assert (found.prompt, found.negative_prompt, found.seed) == ("a fox", "text", 13)
