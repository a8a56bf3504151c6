"""A picture that holds the file of ComfyUI's editor alone tells its settings too."""

import json

from tests.pictures import ramp, saved
from tests.unit.ui_canvas import Canvas, painted
from vibes.documents.png_texts import with_text
from vibes.recipes.dialects.comfyui import foreign_classes
from vibes.recipes.reading import read_recipe, recipe_of
from vibes.recipes.told import told_by
from vibes.workflows.meaning.schema import read_schema


def test_a_picture_with_the_editors_file_alone_tells_what_its_graph_would() -> None:
    canvas = Canvas()
    model = canvas.add("UNETLoader", ["flux.safetensors", "default"], outs="MODEL")
    drawn = painted(canvas, (model, 0))
    vae = canvas.add("VAELoader", ["ae.safetensors"], outs="VAE")
    picture = canvas.add("VAEDecode", [], ins={"samples": (drawn, 0), "vae": (vae, 0)}, outs="IMAGE")
    canvas.add("SaveImage", ["x"], ins={"images": (picture, 0)})
    recipe = read_recipe(with_text(saved(ramp("RGB")), "workflow", json.dumps(canvas.document())))
    assert recipe is not None
    assert recipe.workflow is not None
    assert recipe.workflow.format == "ui"
    assert recipe.made_with == "ComfyUI"
    assert (recipe.settings.prompt, recipe.settings.negative_prompt, recipe.settings.steps) == ("a cat", "blurry", 20)
    assert "flux.safetensors" in [each.name for each in recipe.files]
    assert "chance" in recipe.notes[0]


def test_one_that_cannot_be_converted_is_offered_all_the_same() -> None:
    nodes = [{"id": each, "type": "Note", "widgets_values": []} for each in range(5_000)]
    document = json.dumps({"nodes": nodes, "links": [], "version": 0.4})
    recipe = read_recipe(with_text(saved(ramp("RGB")), "workflow", document))
    assert recipe is not None
    assert recipe.workflow is not None
    assert recipe.notes[0].startswith("its graph cannot be read")


OWN_SAMPLER = {
    "input": {
        "required": {
            "model": ["MODEL", {}],
            "tries": ["INT", {}],
            "steps": ["INT", {}],
            "cfg": ["FLOAT", {}],
            "positive": ["CONDITIONING", {}],
            "negative": ["CONDITIONING", {}],
            "latent_image": ["LATENT", {}],
        }
    },
    "output": ["LATENT"],
}


def own_sampler_picture() -> bytes:
    """With the editor's file of a sampler that does not come with ComfyUI."""
    canvas = Canvas()
    loader = canvas.add("CheckpointLoaderSimple", ["x.safetensors"], outs="MODEL CLIP VAE")
    drawn = painted(canvas, (loader, 0), sampler="OwnSampler", values=[3, 14, 6.5])
    decoded = canvas.add("VAEDecode", [], ins={"samples": (drawn, 0), "vae": (loader, 2)}, outs="IMAGE")
    canvas.add("SaveImage", ["x"], ins={"images": (decoded, 0)})
    return with_text(saved(ramp("RGB")), "workflow", json.dumps(canvas.document()))


def test_the_settings_of_a_class_that_machines_alone_know_are_read_by_what_they_tell() -> None:
    told = told_by(own_sampler_picture())
    assert foreign_classes(told) == {"OwnSampler"}
    without, recipe = recipe_of(told), recipe_of(told, read_schema({"OwnSampler": OWN_SAMPLER}))
    assert without is not None
    assert without.settings.steps is None
    assert recipe is not None
    assert (recipe.settings.steps, recipe.settings.cfg_scale, recipe.settings.prompt) == (14, 6.5, "a cat")
