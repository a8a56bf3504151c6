"""Thousands of answers that a model might give, by seeds: every one ends in a usable plan or the rules' plan."""

import asyncio
import json
from random import Random

import pytest

from tests.refinement.scripted import Saying, ScriptedModel, ScriptedStages, answer, out_of_order
from tests.refinement.seeded import FAMILIES, SENTENCES, assert_usable, nonsense, prose
from vibes.domain.chat.config import Stage
from vibes.domain.ids import SessionId
from vibes.domain.refinement.feedback import FeedbackRequest
from vibes.domain.refinement.intent import IntentDocument
from vibes.ports.chat import ChatFault, Finish
from vibes.services.refinement.suggesting import Suggestion, Suggestions

SEEDS = 200


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
        family=chance.choice(FAMILIES),
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
