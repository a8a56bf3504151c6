"""A workflow as ComfyUI's editor saves it, with classes that only a machine of the fleet knows, over HTTP."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from tests.api.conftest import Studio
from tests.api.machines import machines
from tests.unit.ui_canvas import Canvas, painted
from tests.waiting import eventually

QUANTIZED = "flux1-dev-Q4_K_S.gguf"


def quantized() -> dict[str, Any]:
    canvas = Canvas()
    loader = canvas.add("UnetLoaderGGUF", [QUANTIZED], outs="MODEL", properties={"cnr_id": "ComfyUI-GGUF"})
    sampler = painted(canvas, (loader, 0))
    vae = canvas.add("VAELoader", ["ae.safetensors"], outs="VAE")
    decoded = canvas.add("VAEDecode", ins={"samples": (sampler, 0), "vae": (vae, 0)}, outs="IMAGE")
    canvas.add("SaveImage", ["mine"], ins={"images": (decoded, 0)})
    return canvas.document()


async def test_a_machine_names_the_settings_of_a_class_that_does_not_come_with_comfyui(tmp_path: Path) -> None:
    async with machines(tmp_path, {"unet_gguf": [QUANTIZED]}, packs=("ComfyUI-GGUF",)) as studio:

        async def imported() -> dict[str, Any] | None:
            answer = await studio.http.post("/api/workflows/import", json={"name": "mine", "graph": quantized()})
            return answer.json() if answer.status_code == HTTPStatus.CREATED else None

        answer = await eventually(imported, what="the machine has told of its classes")
    found = {each["parameter"]: each["default"] for each in answer["found"]}
    assert found["diffusion_model"] == QUANTIZED


async def test_where_no_machine_has_the_class_it_is_named_with_its_pack(studio: Studio) -> None:
    refused = await studio.http.post("/api/workflows/import", json={"name": "mine", "graph": quantized()})
    assert (refused.status_code, refused.json()["code"]) == (422, "missing_classes")
    assert "UnetLoaderGGUF of the pack ComfyUI-GGUF" in refused.text
