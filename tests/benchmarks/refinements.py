"""How soon a refinement is suggested, the time of models apart."""

import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.figures import Figure
from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from tests.refinement.feedback_file import Sentence, sentences
from tests.refinement.scripted import ScriptedStages, operations, stages
from vibes.services.refinement.suggesting import Suggestions

BAR = 50
"""Milliseconds, of the slowest of a hundred."""


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    told = [each for name in ("feedback_en.txt", "feedback_de.txt", "feedback_fr.txt") for each in sentences(name)]
    told = told[:: 4 if quick else 1]
    instant = stages(interpreter=operations(add=["dog"]), engineer=json.dumps({"prompt": "", "rationale": ""}))
    by_rules = [await _milliseconds(told, None), await _milliseconds(told, instant)]
    figures = [
        Figure("a refinement by rules, p99", _slowest(by_rules[0]), "ms", BAR),
        Figure("a refinement with models that take no time, p99", _slowest(by_rules[1]), "ms", BAR),
        Figure("the first refinement of a hub", by_rules[0][0], "ms", BAR),
    ]
    return figures, {"refinement_milliseconds": {"rules": by_rules[0], "models": by_rules[1]}}


async def _milliseconds(told: list[Sentence], models: ScriptedStages | None) -> list[float]:
    async with _hub(models) as (http, session_id):
        return [await _one(http, session_id, each) for each in told]


async def _one(http: httpx.AsyncClient, session_id: str, sentence: Sentence) -> float:
    body = {
        "session_id": session_id,
        "feedback_text": sentence.feedback,
        "current_prompt": sentence.prompt,
        "model_family": "sdxl",
    }
    began = time.perf_counter()
    answer = await http.post("/api/iterate/refine-prompt", json=body)
    answer.raise_for_status()
    return 1000 * (time.perf_counter() - began)


@asynccontextmanager
async def _hub(models: ScriptedStages | None) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_for(Path(folder), sqlite_synchronous="FULL")
        async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
            if models is not None:
                hub.refinements._suggestions = Suggestions(models, hub.storage, hub.images)
            yield http, (await http.post("/api/sessions", json={})).json()["id"]


def _slowest(milliseconds: list[float]) -> float:
    return sorted(milliseconds)[int(0.99 * (len(milliseconds) - 1))]
