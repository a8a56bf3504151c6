"""What seeds make of models' answers, and what must hold of the plan that they end in."""

from random import Random
from typing import Any

from tests.refinement.feedback_file import sentences
from tests.refinement.scripted import NOTHING
from vibes.domain.refinement.families import style_of
from vibes.domain.refinement.feedback import FeedbackRequest
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.rules.interpreter import understand
from vibes.domain.refinement.words import holds
from vibes.services.refinement.suggesting import Suggestion

FAMILIES = ("sd15", "sdxl", "flux", "qwen-image", "z-image")
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
