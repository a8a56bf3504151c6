"""fal's answers and addresses read with suspicion, settings checked, and keys kept at home."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.fakes import png
from tests.generators.strange_answers import ANY_JSON
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.errors import GeneratorError, MaybePaid, Misconfigured
from vibes.generators.fal import answers
from vibes.generators.fal.answers import Completed, InProgress, InQueue, accepted, state, steps_in
from vibes.generators.fal.config import FalComfyConfig, FalLightningConfig
from vibes.generators.fal.failures import of_ending, of_look, of_result, of_submission
from vibes.generators.fal.fal_comfy_generator import FalComfyGenerator
from vibes.generators.fal.fal_lightning_i2i_generator import FalLightningI2IGenerator
from vibes.generators.fal.outputs import picture_urls
from vibes.generators.fal.queue import at_home
from vibes.generators.hosted.http import Reply
from vibes.generators.offers import Asked, GeneratorOperation

HERE = "https://queue.fal.run/fal-ai/fast-lightning-sdxl/requests/7c1f"


@given(ANY_JSON, st.integers(200, 599))
def test_no_answer_is_too_strange(value: Any, status: int) -> None:
    reply = Reply(status, {}, b"")
    assert isinstance(of_submission(reply, value), GeneratorError)
    assert isinstance(of_ending(None, "text"), GeneratorError)
    for told in (of_result(reply, value), of_look(reply, value)):
        assert told is None or isinstance(told, GeneratorError)
    assert all(url.startswith(("http", "data:image/")) for url in picture_urls(value))
    state(value)
    accepted(value)
    steps_in(value)


def test_the_three_states_are_read() -> None:
    assert state({"status": "IN_QUEUE", "queue_position": 3}) == InQueue(3)
    assert state({"status": "IN_PROGRESS", "logs": [{"message": "40%|## | 2/5 [00:01"}]}) == InProgress(2, 5)
    assert state({"status": "COMPLETED", "logs": None}) == Completed()
    assert state({"status": "FAILED"}) is None


def test_pictures_are_found_wherever_a_workflow_puts_them() -> None:
    saved = {"url": "https://v3.fal.media/a.png", "type": "output"}
    shown = {"url": "https://v3.fal.media/b.png", "type": "temp"}
    video = {"url": "https://v3.fal.media/c.mp4", "content_type": "video/mp4"}
    assert picture_urls({"outputs": {"3": {"images": [shown]}, "9": {"images": [saved]}}}) == (saved["url"],)
    assert picture_urls({"outputs": {"3": {"images": [shown]}, "9": {"images": [saved]}}}, "3") == (shown["url"],)
    assert picture_urls({"images": [video, saved, saved]}) == (saved["url"],)
    assert picture_urls({"image": {"image_output": "https://v3.fal.media/d.webp"}}) == ("https://v3.fal.media/d.webp",)
    assert picture_urls([shown]) == (shown["url"],), "where everything is a preview"
    assert picture_urls({"images": [{"url": "file:///etc/passwd"}]}) == ()


@pytest.mark.parametrize(
    ("told", "base", "asked"),
    [
        (f"{HERE}/status", "https://queue.fal.run", f"{HERE}/status"),
        (f"{HERE}/status", "https://queue.falrun.com", HERE.replace("fal.run", "falrun.com") + "/status"),
        ("https://evil.example/a/b/requests/1?x=1", "https://queue.fal.run", "https://queue.fal.run/a/b/requests/1"),
        ("https://proxy.example/fal/a/b", "https://proxy.example/fal", "https://proxy.example/fal/a/b"),
        ("https://queue.fal.run/a/b", "https://proxy.example/fal", "https://proxy.example/fal/a/b"),
        ("@evil.example/a", "https://queue.fal.run", "https://queue.fal.run/@evil.example/a"),
        (".evil.example/a", "https://queue.fal.run", "https://queue.fal.run/.evil.example/a"),
        (":81/a", "https://queue.fal.run", "https://queue.fal.run/:81/a"),
        ("https://evil.example//evil.example/a", "https://queue.fal.run", "https://queue.fal.run/evil.example/a"),
    ],
)
def test_the_key_goes_to_the_configured_address_alone(told: str, base: str, asked: str) -> None:
    assert at_home(told, base) == asked


def lightning_settings(**more: Any) -> dict[str, Any]:
    return {"strategy": "fal-lightning", "api_key": "id:secret", **more}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"endpoint": "https://fal.run/x/y"}, "without https://"),
        ({"endpoint": "one-part"}, "must be a name"),
        ({"queue_url": "ftp://queue.fal.run"}, "begins with https://"),
        ({"queue_url": "https://key@queue.fal.run"}, "api_key"),
        ({"api_key": "two words"}, "without spaces"),
        ({"api_key": "ké"}, "without spaces"),
        ({"steps": 3}, "1, 2, 4 or 8"),
        ({"stepps": 4}, "Extra inputs"),
    ],
)
def test_mistakes_in_settings_are_told_without_the_key(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FalLightningConfig(**lightning_settings(**wrong))
    assert says in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "two words" not in str(refused.value)


def workflow_settings(**more: Any) -> dict[str, Any]:
    return {"strategy": "portraits", "endpoint": "comfy/me/portrait", "api_key": "id:secret", **more}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"inputs": {"prompt": "p", "sedd": "s"}}, "no parameter 'sedd'"),
        ({"inputs": {"seed": "s"}}, "which input takes the prompt"),
        ({"inputs": {"prompt": "p", "width": "w"}}, "belong together"),
        ({"inputs": {"prompt": "p", "seed": "p"}}, "named twice"),
        ({"width": 512}, "belong together"),
    ],
)
def test_mistakes_in_the_inputs_of_a_workflow_are_told(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        FalComfyConfig(**workflow_settings(**wrong))


def test_a_stray_line_end_of_a_copied_key_does_not_matter() -> None:
    assert FalLightningConfig(**lightning_settings(api_key="id:secret\n")).api_key.get_secret_value() == "id:secret"


def workflow(tmp_path: Path, **more: Any) -> FalComfyGenerator:
    return FalComfyGenerator(FalComfyConfig(**workflow_settings(**more)), tmp_path)


def test_a_workflow_can_what_it_has_inputs_for(tmp_path: Path) -> None:
    plain = workflow(tmp_path, steps=30, width=832, height=1216)
    assert plain.refuses(Asked(width=832, height=1216, steps=30)) == ()
    assert plain.refuses(Asked(width=512, height=512, steps=20, negative_prompt=True, seed=True, loras=1)) == (
        "takes no negative prompt",
        "cannot draw the same picture again from its seed",
        "takes no LoRAs",
        "draws no 512×512, only 832×1216",
        "draws in 30 steps, not 20",
    )
    able = workflow(
        tmp_path,
        inputs={"prompt": "p", "negative_prompt": "n", "seed": "s", "width": "w", "height": "h", "image": "i"},
        lora_inputs=[{"name": "lora"}],
        price_usd=0.02,
    )
    [model] = able.offers().models
    assert (model.name, model.price_usd) == ("portrait", 0.02)
    assert model.operations == {GeneratorOperation.IMG2IMG}
    assert GeneratorCapabilities.LORA in model.capabilities
    img2img = Asked(operation=GeneratorOperation.IMG2IMG, image=True, width=512, height=768, loras=2)
    assert able.refuses(img2img) == ("takes 1 LoRA at most",)


def test_of_a_picture_that_starts_from_another_nobody_has_to_say_that_it_has_one(tmp_path: Path) -> None:
    redraws = FalLightningI2IGenerator(FalLightningConfig(**lightning_settings()), tmp_path)
    assert redraws.refuses(Asked(operation=GeneratorOperation.IMG2IMG)) == ()
    assert redraws.refuses(Asked()) == ("does no txt2img", "draws only from a picture to start from")


@pytest.fixture
async def portraits(tmp_path: Path) -> Any:
    generator = workflow(tmp_path, poll_seconds=0.001, retries=0)
    await generator.start()
    yield generator
    await generator.stop()


def answered(**more: Any) -> httpx.Response:
    here = "https://elsewhere.example/comfy/me/portrait/requests/1"
    addresses = {"response_url": here, "status_url": f"{here}/status", "cancel_url": f"{here}/cancel"}
    return httpx.Response(200, json={"request_id": "1", "status": "IN_QUEUE", **addresses, **more})


@respx.mock
async def test_a_redirect_of_a_submission_is_a_wrong_address_and_not_followed(portraits: FalComfyGenerator) -> None:
    respx.post("https://queue.fal.run/comfy/me/portrait").respond(307, headers={"location": "https://evil.example/"})
    with pytest.raises(Misconfigured):
        await portraits.generate_image("a face")
    assert len(respx.calls) == 1


@respx.mock
async def test_addresses_of_another_host_are_asked_at_the_own_one(portraits: FalComfyGenerator) -> None:
    respx.post("https://queue.fal.run/comfy/me/portrait").mock(return_value=answered())
    here = "https://queue.fal.run/comfy/me/portrait/requests/1"
    respx.get(f"{here}/status").respond(200, json={"status": "COMPLETED", "logs": None})
    respx.get(here).respond(200, json={"images": [{"url": "https://v3.fal.media/a.png"}]})
    media = respx.get("https://v3.fal.media/a.png").respond(200, content=png())
    await portraits.generate_image("a face")
    assert "authorization" not in media.calls.last.request.headers


@respx.mock
@pytest.mark.parametrize("url", ["http://v3.fal.media/a.png", "https://v3.fal.media/moved"])
async def test_a_picture_behind_tls_is_not_fetched_without_it(portraits: FalComfyGenerator, url: str) -> None:
    respx.post("https://queue.fal.run/comfy/me/portrait").mock(return_value=answered())
    here = "https://queue.fal.run/comfy/me/portrait/requests/1"
    respx.get(f"{here}/status").respond(200, json={"status": "COMPLETED", "logs": None})
    respx.get(here).respond(200, json={"images": [{"url": url}]})
    respx.get("https://v3.fal.media/moved").respond(302, headers={"location": "http://169.254.169.254/latest"})
    with pytest.raises(MaybePaid, match="not fetched"):
        await portraits.generate_image("a face")


def test_only_what_fal_calls_a_request_is_one() -> None:
    whole = {"request_id": "1", "status_url": "s", "response_url": "r", "cancel_url": "c"}
    assert accepted(whole) == answers.Accepted("1", "s", "r", "c")
    assert accepted({**whole, "cancel_url": None}) is None
    assert accepted({**whole, "status_url": "http://[/status"}) is None, "which no program reads as an address"
