"""What each program writes into a picture, in each kind of file that it saves, is read whole: who made it, each
setting, each file with its hash and strength, the graph, and what is said about it."""

import json

import pytest

from tests.recipes import a1111_pictures, comfyui_pictures, fooocus_invokeai_novelai, swarmui_and_others
from tests.recipes.containers import png
from tests.recipes.expected import Told
from vibes.recipes.reading import read_recipe, recipe_of, told_hidden
from vibes.recipes.recipe import Recipe
from vibes.services.media.hidden_texts import hidden_text, may_hide_text

PICTURES = (
    comfyui_pictures.PICTURES
    | a1111_pictures.PICTURES
    | fooocus_invokeai_novelai.PICTURES
    | swarmui_and_others.PICTURES
)


@pytest.mark.parametrize("told", PICTURES.values(), ids=list(PICTURES))
def test_a_picture_tells_all_that_its_program_wrote(told: Told) -> None:
    recipe = _recipe(told)
    assert (recipe.made_with, recipe.version) == (told.made_with, told.version)
    assert recipe.settings.known() == told.settings
    assert [(each.kind.value, each.name, each.hash, each.strength) for each in recipe.files] == [*told.files]
    assert (recipe.workflow.format if recipe.workflow else None) == told.workflow
    assert len(recipe.notes) == len(told.notes), recipe.notes
    for words, note in zip(told.notes, recipe.notes, strict=True):
        assert words in note


@pytest.mark.parametrize("name", [name for name, each in PICTURES.items() if each.workflow])
def test_the_graph_in_a_picture_is_handed_on_whole(name: str) -> None:
    workflow = _recipe(PICTURES[name]).workflow
    assert workflow is not None
    document = json.loads(workflow.document)
    if workflow.format == "ui":
        assert document == comfyui_pictures.ui_file()
    else:
        assert {each["class_type"] for each in document.values()} >= {"CLIPTextEncode", "VAEDecode", "SaveImage"}


def test_why_a_graph_cannot_be_read_is_said_in_few_words() -> None:
    recipe = read_recipe(png({"prompt": json.dumps({"x" * 1000: {"class_type": "X", "inputs": []}})}))
    assert recipe is not None
    [note] = recipe.notes
    assert note.startswith("its graph cannot be read: ")
    assert len(note) < 500


def _recipe(told: Told) -> Recipe:
    recipe = read_recipe(told.content)
    if told.is_hidden:
        assert recipe is None
        assert may_hide_text(told.content)
        recipe = recipe_of(told_hidden(hidden_text(told.content) or ""))
    assert recipe is not None
    return recipe
