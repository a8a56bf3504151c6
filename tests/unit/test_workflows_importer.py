"""How the importer finds its way: several samplers, guiders, primitives, titles, families."""

import pytest

from tests.unit.import_exports import binds, defaults, drafted, graph_node, imported, sampled, with_inputs


def test_a_base_and_a_refiner_share_what_they_have_in_common() -> None:
    graph = sampled(
        n3=graph_node(
            "KSamplerAdvanced",
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
            noise_seed=5,
            steps=25,
            cfg=8,
            sampler_name="euler",
            scheduler="normal",
            add_noise="enable",
            start_at_step=0,
            end_at_step=20,
            return_with_leftover_noise="enable",
        ),
        n14=graph_node("CheckpointLoaderSimple", ckpt_name="sd_xl_refiner_1.0.safetensors"),
        n16=graph_node("CLIPTextEncode", text="a cat", clip=["14", 1]),
        n17=graph_node("CLIPTextEncode", text="blurry, ugly", clip=["14", 1]),
        n13=graph_node(
            "KSamplerAdvanced",
            model=["14", 0],
            positive=["16", 0],
            negative=["17", 0],
            latent_image=["3", 0],
            noise_seed=0,
            steps=25,
            cfg=8,
            sampler_name="euler",
            scheduler="normal",
            add_noise="disable",
            start_at_step=20,
            end_at_step=10000,
        ),
        n8=graph_node("VAEDecode", samples=["13", 0], vae=["14", 2]),
    )
    found = binds(graph)
    assert found["seed"] == "3.inputs.noise_seed, 13.inputs.noise_seed"
    assert found["steps"] == "3.inputs.steps, 13.inputs.steps"
    assert found["prompt"] == "6.inputs.text, 16.inputs.text"
    assert (found["negative_prompt"], found["negative_prompt_2"]) == ("7.inputs.text", "17.inputs.text")
    assert (found["checkpoint"], found["checkpoint_2"]) == ("4.inputs.ckpt_name", "14.inputs.ckpt_name")
    notes = "\n".join(drafted(graph).notes)
    assert "its 2 different seeds become one" in notes
    assert "graph node 13 (KSamplerAdvanced) keeps its start_at_step and end_at_step" in notes
    assert imported(graph).parameters["negative_prompt_2"].default == "blurry, ugly"


def test_values_that_stand_in_graph_nodes_of_their_own_are_bound_there() -> None:
    graph = with_inputs(
        sampled(
            n20=graph_node("PrimitiveInt", value=30),
            n21=graph_node("PrimitiveStringMultiline", value="a dog"),
            n22=graph_node("Seed (rgthree)", seed=99),
            n23=graph_node("Reroute (rgthree)", value=["20", 0]),
        ),
        "3",
        steps=["23", 0],
        seed=["22", 0],
    )
    found = binds(with_inputs(graph, "6", text=["21", 0]))
    assert (found["steps"], found["seed"], found["prompt"]) == (
        "20.inputs.value",
        "22.inputs.seed",
        "21.inputs.value",
    )


def test_values_that_the_graph_computes_are_left_alone_and_told() -> None:
    graph = with_inputs(
        sampled(
            n20=graph_node("Florence2Run", image=["21", 0], task="caption"),
            n21=graph_node("LoadImage", image="room.png"),
            n22=graph_node("DiceRoller", sides=6),
        ),
        "3",
        seed=["22", 0],
    )
    draft = drafted(with_inputs(graph, "6", text=["20", 0]))
    assert not {"prompt", "seed"} & set(draft.entry["parameters"])
    assert any("the seed of graph node 3 (KSampler) is not set in the graph" in note for note in draft.notes)
    assert any("the prompt was not found" in note for note in draft.notes)


def test_guiders_and_split_sigmas_are_followed() -> None:
    graph = sampled(
        n3=graph_node(
            "SamplerCustomAdvanced",
            noise=["30", 0],
            guider=["31", 0],
            sampler=["32", 0],
            sigmas=["33", 1],
            latent_image=["5", 0],
        ),
        n30=graph_node("RandomNoise", noise_seed=3),
        n31=graph_node("CFGGuider", model=["4", 0], positive=["35", 0], negative=["35", 1], cfg=4.5),
        n32=graph_node("KSamplerSelect", sampler_name="dpmpp_2m"),
        n33=graph_node("SplitSigmas", sigmas=["34", 0], step=5),
        n34=graph_node("BasicScheduler", model=["4", 0], scheduler="beta", steps=18, denoise=0.8),
        n35=graph_node(
            "ControlNetApplyAdvanced",
            positive=["36", 0],
            negative=["7", 0],
            control_net=["37", 0],
            image=["38", 0],
            strength=0.5,
            start_percent=0.0,
            end_percent=1.0,
        ),
        n36=graph_node("ConditioningSetTimestepRange", conditioning=["6", 0], start=0.0, end=1.0),
        n37=graph_node("ControlNetLoader", control_net_name="openpose.safetensors"),
        n38=graph_node("LoadImage", image="pose.png"),
    )
    found = binds(graph)
    assert {name: found[name] for name in ("prompt", "negative_prompt", "cfg_scale", "steps", "scheduler", "seed")} == {
        "prompt": "6.inputs.text",
        "negative_prompt": "7.inputs.text",
        "cfg_scale": "31.inputs.cfg",
        "steps": "34.inputs.steps",
        "scheduler": "34.inputs.scheduler",
        "seed": "30.inputs.noise_seed",
    }
    assert found["denoise_strength"] == "34.inputs.denoise"


def test_encoders_with_several_texts_get_the_prompt_where_it_says_the_same() -> None:
    same = sampled(
        n6=graph_node(
            "CLIPTextEncodeSDXL",
            clip=["4", 1],
            text_g="a cat",
            text_l="a cat",
            width=4096,
            target_width=512,
            height=4096,
            target_height=768,
        )
    )
    assert binds(same)["prompt"] == "6.inputs.text_g, 6.inputs.text_l"
    assert binds(same)["width"] == "5.inputs.width, 6.inputs.target_width"
    other = sampled(n6=graph_node("CLIPTextEncodeFlux", clip=["4", 1], clip_l="cat", t5xxl="a cat sits", guidance=3.5))
    assert defaults(other)["prompt"] == "a cat sits"
    assert binds(other)["prompt_2"] == "6.inputs.clip_l"
    assert binds(other)["guidance"] == "6.inputs.guidance"


def test_titles_tell_where_custom_graph_nodes_hide_the_way() -> None:
    graph = sampled(
        n3=graph_node(
            "KSampler (Efficient)",
            model=["4", 0],
            positive=["50", 0],
            negative=["50", 1],
            latent_image=["5", 0],
            seed=1,
            steps=20,
            cfg=7.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
        ),
        n50=graph_node("Context Hub", a=["6", 0], b=["7", 0]),
        n6=graph_node("CLIPTextEncode", "My Positive", text="a cat", clip=["4", 1]),
        n7=graph_node("CLIPTextEncode", "NEGATIVE", text="blurry", clip=["4", 1]),
    )
    found = binds(graph)
    assert (found["prompt"], found["negative_prompt"]) == ("6.inputs.text", "7.inputs.text")
    assert any("by its title: check it" in note for note in drafted(graph).notes)


def test_a_loader_that_holds_both_texts_gives_each_its_side() -> None:
    graph = sampled(
        n6=None,
        n7=None,
        n4=graph_node("Efficient Loader", ckpt_name="pony_v6.safetensors", positive="a cat", negative="blurry"),
    )
    graph = with_inputs(graph, "3", positive=["4", 1], negative=["4", 2])
    found = binds(graph)
    assert (found["prompt"], found["negative_prompt"]) == ("4.inputs.positive", "4.inputs.negative")
    assert drafted(graph).entry["families"] == ["pony"]


@pytest.mark.parametrize(
    ("checkpoint", "family"),
    [
        ("v1-5-pruned-emaonly.safetensors", "sd15"),
        ("sd_v1.5_inpaint.ckpt", "sd15"),
        ("sd_xl_base_1.0.safetensors", "sdxl"),
        ("juggernautXL_v9.safetensors", "sdxl"),
        ("XL/ponyDiffusionV6XL.safetensors", "pony"),
        ("Illustrious-XL-v0.1.safetensors", "illustrious"),
        ("noobaiXLNAIXL_epsilonPred10.safetensors", "illustrious"),
        ("flux1-dev-fp8.safetensors", "flux"),
        ("flux1-schnell.sft", "flux"),
        ("dreamshaper_8.safetensors", "sd15"),
        ("meinamix_v11.safetensors", "sd15"),
        ("maplewood_9.safetensors", "any"),
        ("flux2_dev.safetensors", "any"),
    ],
)
def test_the_family_is_told_by_the_checkpoint_or_asked_for(checkpoint: str, family: str) -> None:
    draft = drafted(with_inputs(sampled(), "4", ckpt_name=checkpoint))
    assert draft.entry["families"] == [family]
    assert draft.notes[0].startswith("the family cannot be told" if family == "any" else f"the family is {family}")
    if checkpoint.startswith("maple"):
        assert "its size of 512 pixels is usual for sd15" in draft.notes[0]


def test_a_family_that_is_named_is_taken_and_not_commented() -> None:
    draft = drafted(sampled(), family="sd15")
    assert draft.entry["families"] == ["sd15"]
    assert draft.notes == ()
    assert drafted(sampled(), family="sd51").notes == (
        "no other workflow is for family sd51; did you mean sd15 or sdxl?",
    )


def test_bounds_give_way_to_the_exports_own_values() -> None:
    graph = with_inputs(with_inputs(sampled(), "3", steps=400, cfg=-1.5), "5", width=515)
    parameters = imported(graph).parameters
    assert (parameters["steps"].default, parameters["steps"].maximum) == (400, 400)
    assert (parameters["cfg_scale"].default, parameters["cfg_scale"].minimum) == (-1.5, -1.5)
    assert (parameters["width"].default, parameters["width"].step) == (515, 1)
