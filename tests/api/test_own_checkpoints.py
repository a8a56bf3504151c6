"""A newcomer whose nodes have none of the files that the presets name: pictures come all the same, or a question."""

from pathlib import Path

from tests.api.machines import DREAMSHAPER, JUGGERNAUT, ask, drawn, machines


async def test_every_stage_of_the_funnel_is_drawn_with_the_persons_own_files(tmp_path: Path) -> None:
    own = {"checkpoints": [JUGGERNAUT, DREAMSHAPER, "ponyDiffusionV6XL.safetensors"]}
    async with machines(tmp_path, own, own) as studio:
        draft = await drawn(studio, model_family="sd15")
        refined = await drawn(studio, model_family="sdxl", **{"from": [draft["id"]]})

    assert (draft["checkpoint"], draft["model_family"]) == (DREAMSHAPER, "sd15")
    assert draft["models"] == [
        {"parameter": "checkpoint", "file": DREAMSHAPER, "why": "the only sd15 file, by its name"}
    ]
    assert (refined["checkpoint"], refined["models"][0]["why"]) == (JUGGERNAUT, "the only sdxl file, by its name")


async def test_a_file_that_cannot_be_told_is_asked_about_and_the_answer_is_remembered_over_a_restart(
    tmp_path: Path,
) -> None:
    own = {"checkpoints": ["mine.safetensors", JUGGERNAUT]}
    async with machines(tmp_path, own) as studio:
        status, problem = await ask(studio, model_family="sd15")
        assert (status, problem["code"]) == (422, "choose_checkpoint")
        assert "mine.safetensors" in problem["detail"]
        said = await studio.http.put("/api/models/preferred", json={"family": "sd15", "file": "mine.safetensors"})
        [sd15] = [each for each in said.json()["families"] if each["family"] == "sd15"]
        assert (sd15["preferred"], sd15["from_text"]["file"]) == ("mine.safetensors", "mine.safetensors")
        assert (await drawn(studio, model_family="sd15"))["checkpoint"] == "mine.safetensors"
    (tmp_path / "gpus.yaml").unlink()
    async with machines(tmp_path, own) as studio:
        assert (await drawn(studio, model_family="sd15"))["checkpoint"] == "mine.safetensors"


async def test_an_unknown_file_is_known_by_the_pictures_made_with_it(tmp_path: Path) -> None:
    own = {"checkpoints": ["mine.safetensors"]}
    async with machines(tmp_path, own) as studio:
        await drawn(studio, model_family="sdxl", checkpoint="mine.safetensors")
        again = await drawn(studio, model_family="sdxl")
        [file] = (await studio.http.get("/api/models")).json()["files"]
    assert again["checkpoint"] == "mine.safetensors"
    assert (file["family"], file["why"]) == ("sdxl", "by the pictures made with it")
    assert file["last"]["generation_id"] == again["id"]
    (tmp_path / "gpus.yaml").unlink()
    async with machines(tmp_path, own) as studio:
        assert (await drawn(studio, model_family="sdxl"))["checkpoint"] == "mine.safetensors"


async def test_a_node_that_is_given_one_family_tells_what_its_unknown_file_is(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": ["mine.safetensors"]}, capabilities="sd15") as studio:
        picture = await drawn(studio, model_family="sd15")
    assert picture["models"][0]["why"] == "the only sd15 file, its cards are given no other family"


async def test_a_family_that_no_card_has_says_where_to_put_one_and_what_else_there_is(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [JUGGERNAUT]}, {"checkpoints": [JUGGERNAUT]}) as studio:
        status, problem = await ask(studio, model_family="sd15")
        models = (await studio.http.get("/api/models")).json()
    assert (status, problem["code"], problem["errors"][0]["field"]) == (422, "no_checkpoint", "checkpoint")
    assert problem["detail"] == (
        "no card has a checkpoint of sd15; put one into models/checkpoints of n0 or n1, "
        "or ask for sdxl (juggernautXL_v9.safetensors)"
    )
    told = {each["family"]: each["from_picture"] for each in models["families"]}
    assert told["sd15"]["why"] == problem["detail"]
    assert (told["sdxl"]["file"], told["sdxl"]["nodes"]) == (JUGGERNAUT, ["n0", "n1"])


async def test_a_family_that_no_card_is_given_is_refused_for_that_and_not_for_a_file(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [JUGGERNAUT]}, capabilities="sdxl") as studio:
        status, problem = await ask(studio, model_family="flux")
    assert (status, problem["code"]) == (422, "no_capable_node")
    assert "n0 " in problem["detail"]
    assert "capability flux" in problem["detail"]


async def test_flux_from_parts_or_quantized_is_drawn_without_naming_a_workflow(tmp_path: Path) -> None:
    parts = {
        "diffusion_models": ["flux1-dev-fp8.safetensors"],
        "text_encoders": ["clip_l.safetensors", "t5xxl_fp8_e4m3fn.safetensors"],
        "vae": ["ae.safetensors"],
    }
    async with machines(tmp_path, parts) as studio:
        picture = await drawn(studio, model_family="flux", steps=4)
        refined = await drawn(studio, model_family="flux", steps=4, **{"from": [picture["id"]]})
        named = await drawn(studio, model_family="flux", steps=4, checkpoint="flux1-dev-fp8.safetensors")
    assert picture["workflow"] == "flux_txt2img_split"
    assert picture["parameters"]["diffusion_model"] == "flux1-dev-fp8.safetensors"
    assert refined["workflow"] == "flux_img2img_split"
    assert named["parameters"]["diffusion_model"] == "flux1-dev-fp8.safetensors"

    quantized = {"unet_gguf": ["flux1-dev-Q8_0.gguf"], **{key: parts[key] for key in ("text_encoders", "vae")}}
    (tmp_path / "gpus.yaml").unlink()
    async with machines(tmp_path, quantized, packs=("ComfyUI-GGUF", "Comfy-WaveSpeed")) as studio:
        picture = await drawn(studio, model_family="flux", steps=4)
        refined = await drawn(studio, model_family="flux", steps=4, **{"from": [picture["id"]]})
    assert (picture["workflow"], picture["parameters"]["model"]) == ("flux_txt2img_gguf", "flux1-dev-Q8_0.gguf")
    assert (refined["workflow"], refined["parameters"]["model"]) == ("flux_img2img_gguf", "flux1-dev-Q8_0.gguf")


async def test_jobs_and_upscaling_take_what_there_is_too(tmp_path: Path) -> None:
    own = {"checkpoints": [DREAMSHAPER], "upscale_models": ["4x_NMKD-Superscale.pth"]}
    async with machines(tmp_path, own) as studio:
        tasks = [
            {"id": "draw", "type": "sd15.text2img", "inputs": {"prompt": "a cat"}},
            {"id": "large", "type": "upscale.esrgan", "inputs": {"image": "@draw.images[0]"}},
        ]
        job = await studio.http.post("/api/jobs", json={"kind": "workflow", "payload": {"tasks": tasks}})
        types = (await studio.http.get("/api/workflow/task-types")).json()["task_types"]
    assert job.status_code == 202, job.text
    able = {each["type"]: each["nodes"] for each in types}
    assert able["sd15.text2img"] == able["upscale.esrgan"] == ["n0"]
    assert able["sdxl.text2img"] == []


async def test_a_file_of_another_family_is_never_taken_in_silence(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [JUGGERNAUT, DREAMSHAPER]}) as studio:
        picture = await drawn(studio, model_family="sd15", checkpoint=JUGGERNAUT)
        refused = await studio.http.put("/api/models/preferred", json={"family": "sd15", "file": JUGGERNAUT})
        by_file = await drawn(studio, checkpoint=JUGGERNAUT)
    assert picture["models"][0]["why"] == "as asked for, although it is of sdxl by its name"
    assert (refused.status_code, by_file["model_family"]) == (422, "sdxl")
    assert "is of sdxl by its name" in refused.json()["detail"]
    assert by_file["models"] == []


async def test_nonsense_about_models_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with machines(tmp_path, {"checkpoints": [JUGGERNAUT]}) as studio:
        before = (await studio.http.get("/api/models")).json()
        for path, body in (
            ("preferred", {"family": "nope", "file": JUGGERNAUT}),
            ("preferred", {"family": "sdxl", "file": "nope.safetensors"}),
            ("family", {"family": "sdxl", "file": "nope.safetensors"}),
            ("family", {"family": "x" * 100, "file": JUGGERNAUT}),
            ("family", {"family": "sdxl", "file": "x" * 5000}),
        ):
            answer = await studio.http.put(f"/api/models/{path}", json=body)
            assert answer.status_code == 422, (path, body)
        assert (await studio.http.get("/api/models")).json() == before
