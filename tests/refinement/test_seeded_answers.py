"""Thousands of answers that a model might give, by seeds: every one ends in a usable plan or the rules' plan."""

import asyncio
import json
from random import Random
from typing import Any

import pytest

from tests.refinement.feedback_file import sentences
from tests.refinement.scripted import NOTHING, Saying, ScriptedModel, ScriptedStages, answer, out_of_order
from vibes.domain.chat.config import Stage
from vibes.domain.ids import SessionId
from vibes.domain.refinement.families import style_of
from vibes.domain.refinement.feedback import FeedbackRequest
from vibes.domain.refinement.intent import IntentDocument
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.rules.interpreter import understand
from vibes.domain.refinement.words import holds
from vibes.ports.chat import ChatFault, Finish
from vibes.services.refinement.suggesting import Suggestion, Suggestions

SEEDS = 400
SENTENCES = [each for name in ("feedback_en.txt", "feedback_de.txt", "feedback_fr.txt") for each in sentences(name)]
WORDS = [
    "hat",
    "boat",
    "fog",
    "light",
    "no",
    "cloak",
    "without",
    "red",
    "sky",
    "<lora:x:1>",
    "(hat:1.4)",
    ",",
    "{",
    "}",
]


def saying(chance: Random, honest: str) -> Saying:
    """One of the scripts that servers and models are known for."""
    sayings: list[Saying] = [
        honest,
        f"```json\n{honest}\n```",
        f"<think>{{maybe}}</think>Here you are: {honest} Anything else?",
        answer(honest[: chance.randrange(len(honest))], Finish.LENGTH),
        honest.replace("]", "", 1),
        honest.replace('"', "'"),
        honest.replace("[", "{"),
        "",
        "I am sorry, but I cannot help with that.",
        "[" * chance.randrange(1, 3000),
        json.dumps({"keep": None, "remove": 3}),
        json.dumps([1, 2]),
        "\x00\ud800" + honest,
        out_of_order(chance.choice([*ChatFault])),
    ]
    return chance.choice(sayings)


def nonsense(chance: Random) -> dict[str, Any]:
    def terms() -> list[str]:
        return [" ".join(chance.choices(WORDS, k=chance.randrange(1, 4))) for _ in range(chance.randrange(4))]

    lists: dict[str, Any] = {name: terms() for name in NOTHING if name not in {"modify", "question"}}
    swaps = [{"from": " ".join(terms()), "to": " ".join(terms())} for _ in range(chance.randrange(3))]
    return {**NOTHING, **lists, "modify": swaps}


def prose(chance: Random, prompt: str) -> dict[str, str]:
    words = prompt.split()
    chance.shuffle(words)
    return {"prompt": chance.choice([prompt, " ".join(words), "a dragon", prompt * 30]), "rationale": "because"}


async def told(seed: int) -> tuple[FeedbackRequest, Suggestion, ScriptedStages]:
    chance = Random(seed)  # noqa: S311 - a story that can be told again
    sentence = chance.choice(SENTENCES)
    models = ScriptedStages(
        {
            Stage.INTERPRETER: ScriptedModel([saying(chance, json.dumps(nonsense(chance))) for _ in range(3)]),
            Stage.ENGINEER: ScriptedModel(
                [saying(chance, json.dumps(prose(chance, sentence.prompt))) for _ in range(3)]
            ),
        }
    )
    request = FeedbackRequest(
        session_id=SessionId("s"),
        feedback=sentence.feedback,
        prompt=sentence.prompt,
        family=chance.choice(["sd15", "sdxl", "flux", "qwen-image", "z-image"]),
    )
    family = request.family or ""
    document = IntentDocument(session_id=request.session_id)
    suggestions = Suggestions(models, None, None)  # type: ignore[arg-type]  # no pictures are looked at
    return request, await suggestions.suggest(request, document, family, None), models


@pytest.mark.parametrize("begin", range(0, SEEDS, 100))
def test_every_answer_ends_in_a_plan_that_does_what_was_said_clearly(begin: int) -> None:
    for seed in range(begin, begin + 100):
        request, suggestion, models = asyncio.run(told(seed))
        assert_usable(request, suggestion)
        assert all(len(model.asked) <= 3 for model in models.models.values()), "one repair, one longer answer"


def assert_usable(request: FeedbackRequest, suggestion: Suggestion) -> None:
    style = style_of(request.family or "")
    before = [each.text for each in read_prompt(request.prompt, style)]
    after = [each.text for each in read_prompt(suggestion.refined.prompt, style)]
    sure = understand(request.feedback, before).sure
    kept = [each for each in sure.keep if any(holds(each, text) for text in before)]
    assert all(any(holds(each, text) for text in after) for each in kept), suggestion
    assert not any(holds(each, text) for each in sure.remove for text in after), suggestion
    assert not any(holds(each, text) for each in suggestion.refined.changes.remove for text in after), suggestion
    assert "lora" not in suggestion.refined.prompt
