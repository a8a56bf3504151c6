"""A picture that holds the file of ComfyUI's editor alone tells its settings too."""

import json

from tests.pictures import ramp, saved
from tests.unit.ui_canvas import Canvas, painted
from vibes.documents.png_texts import with_text
from vibes.recipes.reading import read_recipe


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
