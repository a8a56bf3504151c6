"""A model that helps, one that talks nonsense, one that is away: every one of them ends in a plan."""

import asyncio
import io
import json
import threading
from collections.abc import Sequence

import pytest
from PIL import Image

from tests.refinement.scripted import ScriptedStages, answer, operations, out_of_order, stages
from vibes.domain.chat.config import Stage
from vibes.domain.ids import SessionId
from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.intent import IntentDocument
from vibes.ports.chat import ChatFault, ChatRequest, Finish
from vibes.services.refinement import vision
from vibes.services.refinement.asking import NoAnswer, schema_of
from vibes.services.refinement.engineer import Engineered, PromptEngineer
from vibes.services.refinement.interpreter import ChangesAnswer, FeedbackInterpreter, Interpretation
from vibes.services.refinement.rationale import RationaleStream, rationale_in
from vibes.services.refinement.shown_pictures import shown
from vibes.services.refinement.vision import VisionAnalyzer

PROMPT = "a man with a hat in a boat on a lake, foggy morning, soft light"
PROSE = "A cozy kitchen with a wooden table. A cat sleeps on the chair."


async def interpreted(models: ScriptedStages, feedback: str, prompt: str = PROMPT) -> Interpretation:
    document = IntentDocument(session_id=SessionId("s"))
    return await FeedbackInterpreter(models).interpret(feedback, [], [], document, current_prompt=prompt)


async def engineered(models: ScriptedStages, changes: Changes, **more: object) -> Engineered:
    return await PromptEngineer(models).refine(PROSE, changes, "flux", **more)  # type: ignore[arg-type]  # by name


def picture(colour: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (1600, 900), colour).save(content, "PNG")
    return content.getvalue()


async def test_a_model_understands_what_rules_do_not() -> None:
    models = stages(interpreter=operations(add=["lonely mood"], emphasis_down=["light"]))
    understood = await interpreted(models, "it could have something lonely about it, with the light turned down")
    assert (understood.changes.add, understood.changes.emphasis_down) == (("lonely mood",), ("light",))
    assert (understood.degraded, [each.model for each in understood.answers]) == (None, ["scripted"])
    asked = models.models[Stage.INTERPRETER].asked[0]
    assert asked.messages[-1].text.rpartition("FEEDBACK\n")[2].startswith("| it could have")
    assert asked.limits.temperature == 0


NONSENSE: Sequence[tuple[str, dict[str, object], Changes]] = [
    ("no cloak", {"add": ["no cloak"]}, Changes(remove=("cloak",))),
    ("no hat", {"keep": ["hat"]}, Changes(remove=("hat",))),
    ("keep the hat", {"remove": ["hat"]}, Changes(keep=("hat",))),
    ("more fog", {"remove": ["fog", "man", "boat"], "add": ["dragon"]}, Changes(emphasis_up=("fog",))),
    ("no hat", {}, Changes(remove=("hat",))),
    (
        "a bridge instead of the boat",
        {"remove": ["boat"], "add": ["bridge"]},
        Changes(modify=(Swap("boat", "bridge"),)),
    ),
    ("ohne Hut", {"remove": ["hat"], "add": ["kein Hut"]}, Changes(remove=("hat",))),
]


@pytest.mark.parametrize(("feedback", "said", "expected"), NONSENSE)
async def test_whatever_a_model_says_what_was_said_clearly_is_done(
    feedback: str, said: dict[str, object], expected: Changes
) -> None:
    understood = await interpreted(stages(interpreter=operations(**said)), feedback)
    assert understood.changes == expected


async def test_an_answer_in_wrapping_is_read_and_a_wrong_one_is_sent_back_once() -> None:
    good = operations(remove=["hat"])
    thought = '<|channel|>analysis<|message|>perhaps {"a": 1}<|end|><|start|>assistant<|channel|>final<|message|>'
    fenced = f"Sure!\n```json\n{good}\n```\nAnything else?"
    for wrapped in (f"<think>hm {{</think>{good}", fenced, f"\ufeff{good}", f"{thought}{good}"):
        assert (await interpreted(stages(interpreter=wrapped), "no hat")).degraded is None
    models = stages(interpreter=['{"keep": 3}', good])
    understood = await interpreted(models, "no hat")
    assert understood.degraded is None
    assert "keep" in models.models[Stage.INTERPRETER].asked[1].messages[-1].text
    assert [each.problem is None for each in understood.answers] == [False, True]
    bad = await interpreted(stages(interpreter="I cannot do that."), "no hat")
    assert (bad.changes.remove, len(bad.answers)) == (("hat",), 2)
    assert "of no use" in str(bad.degraded)


async def test_an_answer_that_is_cut_gets_twice_the_room() -> None:
    models = stages(interpreter=[answer('{"keep": ["ha', Finish.LENGTH), operations(remove=["hat"])])
    understood = await interpreted(models, "no hat")
    assert [each.limits.tokens for each in models.models[Stage.INTERPRETER].asked] == [300, 600]
    assert understood.degraded is None


@pytest.mark.parametrize("code", ChatFault)
async def test_no_fault_of_a_server_keeps_anybody_from_going_on(code: ChatFault) -> None:
    understood = await interpreted(stages(interpreter=out_of_order(code)), "no hat")
    assert (understood.changes.remove, understood.degraded) == (("hat",), f"the server has a problem: {code}")
    written = await engineered(stages(engineer=out_of_order(code)), Changes(remove=("cat",)))
    assert "cat" not in written.refined.prompt
    assert written.degraded is not None


async def test_a_fault_of_an_adapter_is_told_and_the_rules_go_on() -> None:
    def broken(_: ChatRequest) -> str:
        raise ZeroDivisionError

    understood = await interpreted(stages(interpreter=broken), "no hat")
    assert understood.changes.remove == ("hat",)
    assert "internal error" in str(understood.degraded)


async def test_prose_is_a_models_where_a_family_wants_sentences_and_code_checks_it() -> None:
    good = {
        "prompt": "A cozy kitchen with a wooden table. A dog sleeps on the chair.",
        "rationale": "The cat is a dog now.",
    }
    changes = Changes(modify=(Swap("cat", "dog"),))
    heard: list[tuple[str, bool]] = []
    models = stages(engineer=json.dumps(good))
    written = await engineered(models, changes, tell=lambda text, anew: heard.append((text, anew)))
    assert (written.refined.prompt, written.refined.rationale) == (good["prompt"], good["rationale"])
    assert "".join(text for text, _ in heard) == good["rationale"]
    assert [anew for _, anew in heard].count(True) == 1
    assert "negative_prompt" not in str(models.models[Stage.ENGINEER].asked[0].schema), "Flux knows none"
    for wrong, mistake in (
        (PROSE, '"cat" must not be in the prompt'),
        ("A dog.", "too different"),
        ("A cozy kitchen with a wooden table. A dog sleeps on the chair. (fog:1.4)", "without weights"),
        (" ", "empty"),
    ):
        repaired = stages(engineer=[json.dumps({**good, "prompt": wrong}), json.dumps(good)])
        assert (await engineered(repaired, changes)).refined.prompt == good["prompt"]
        assert mistake in repaired.models[Stage.ENGINEER].asked[1].messages[-1].text
        hopeless = await engineered(stages(engineer=json.dumps({**good, "prompt": wrong})), changes)
        assert hopeless.refined.prompt == "A cozy kitchen with a wooden table. A dog sleeps on the chair."
        assert hopeless.degraded is not None


async def test_tags_and_weights_are_written_by_code_whatever_models_there_are() -> None:
    models = stages(engineer="never asked")
    for family, prompt in (("sdxl", PROMPT), ("flux", "a (boat:1.3) on a lake. A hat.")):
        written = await PromptEngineer(models).refine(prompt, Changes(remove=("hat",)), family)
        assert (written.degraded, "hat" in written.refined.prompt) == (None, False)
    assert models.models[Stage.ENGINEER].asked == []


async def test_few_pictures_are_looked_at_one_by_one_and_many_on_a_sheet() -> None:
    seen = json.dumps({"description": "A boat.", "traits": ["fog"], "defects": []})
    models = stages(vision=seen)
    two = await VisionAnalyzer(models).analyze_selection([picture("red"), picture("blue")])
    assert (two.description, two.traits, len(two.answers)) == ("A boat. A boat.", ("fog",), 2)
    many = await VisionAnalyzer(models).analyze_selection([picture("red")] * 9)
    assert (many.description, len(many.answers)) == ("A boat.", 1)
    for request in models.models[Stage.VISION].asked:
        with Image.open(io.BytesIO(request.images[0]), formats=["JPEG"]) as small:
            assert max(small.size) <= 1024


async def test_however_many_ask_one_picture_is_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes up to half a gigabyte while it is."""
    began, most, lock = 0, 0, threading.Lock()

    def counted(content: bytes) -> bytes:
        nonlocal began, most
        with lock:
            began += 1
            most = max(most, began)
        small = shown(content)
        with lock:
            began -= 1
        return small

    monkeypatch.setattr(vision, "shown", counted)
    seen = json.dumps({"description": "A boat.", "traits": ["fog"], "defects": []})
    analyzer = VisionAnalyzer(stages(vision=seen))
    await asyncio.gather(*(analyzer.analyze_selection(picture("red")) for _ in range(6)))
    assert most == 1


async def test_a_comparison_goes_by_words_where_a_model_makes_nothing_of_a_sheet() -> None:
    seen = json.dumps({"description": "A boat.", "traits": [], "defects": []})
    compared = json.dumps({"selected_traits": ["fog"], "rejected_traits": ["sun"], "key_differences": ["darker"]})
    by_sheet = await VisionAnalyzer(stages(vision=compared)).compare_selections([picture("red")], [picture("blue")])
    assert (by_sheet.key_differences, len(by_sheet.answers)) == (("darker",), 1)
    models = stages(vision=["?", "?", seen, seen, compared])
    by_words = await VisionAnalyzer(models).compare_selections([picture("red")], [picture("blue")])
    assert (by_words.rejected_traits, len(by_words.answers)) == (("sun",), 5)
    assert [len(each.images) for each in models.models[Stage.VISION].asked] == [1, 1, 1, 1, 0]
    with pytest.raises(NoAnswer):
        await VisionAnalyzer(stages()).analyze_selection(picture("red"))


def test_schemas_are_flat_and_a_rationale_is_heard_before_its_object_ends() -> None:
    schema = schema_of(ChangesAnswer)
    assert "$" not in json.dumps(schema)
    assert schema["required"] == ["keep", "remove", "add", "modify", "emphasis_up", "emphasis_down", "question"]
    assert schema["properties"]["modify"]["items"]["required"] == ["from", "to"]
    assert rationale_in('{"prompt":"x","rationale": "says \\"no\\" \\u00e9\\u00') == 'says "no" é'
    heard: list[str] = []
    stream = RationaleStream(lambda text, _: heard.append(text))
    for piece in ('{"rationale": "one ', "two", ' three"', "}"):
        stream.hear(piece)
    assert heard == ["one ", "two", " three"]
