"""A language model's server dies in the middle of its answer: the rules plan on, and pictures are drawn meanwhile."""

import asyncio
import json

import pytest

from tests.api.conftest import Studio
from tests.api.test_llm_routes import configured
from tests.api.test_refinement_routes import a_session
from tests.api.test_refinement_stream import body, streamed
from tests.fakes.llm import FakeLlm, Turn
from tests.refinement.scripted import operations
from tests.waiting import eventually

RATIONALE = "A lighthouse behind him gives the eye somewhere to go, and the fog makes it look far away. " * 3
WRITTEN = json.dumps({"prompt": "A man and a lighthouse.", "rationale": RATIONALE})


@pytest.mark.parametrize("dialect", ["ollama", "openai"])
async def test_the_server_dies_while_the_rationale_is_heard(studio: Studio, dialect: str) -> None:
    async with FakeLlm() as fake:
        url = fake.url if dialect == "ollama" else f"{fake.url}/v1"
        stage = "{server: home, model: 'phi4:14b'}"
        servers = f"servers: {{home: {{kind: {dialect}, url: '{url}'}}}}"
        await configured(studio, f"{servers}\nstages: {{interpreter: {stage}, engineer: {stage}}}\n")
        honest = Turn(text=operations(add=["lighthouse behind him"]))
        dying = Turn(text=WRITTEN, cut=True, cut_when_told=True)
        fake.brain.plays(honest, dying)
        fake.brain.usual = dying
        session_id = await a_session(studio)
        asked = asyncio.create_task(streamed(studio, body(session_id, "add a lighthouse behind him, no hat")))
        await eventually(lambda: len(fake.brain.chats()) == 2, what="the second model writes")

        batch = {"prompt": "a boat", "model_family": "sd15", "count": 2, "session_id": session_id}
        accepted = (await studio.http.post("/api/generate/batch", json=batch)).json()
        drawn = await studio.finished_batch(accepted["batch_id"])
        assert drawn["completed"] == 2
        assert fake.brain.running == 1, "the model writes still"

        fake.brain.go_on.set()
        events = await asyncio.wait_for(asked, timeout=30)

    heard = "".join(data["text"] for name, data in events if name == "rationale" and data["text"] in RATIONALE)
    assert heard, "it was heard until the line died"
    assert RATIONALE.startswith(heard)
    name, plan = events[-1]
    assert name == "plan"
    assert plan["degraded"].startswith("by rules: ")
    assert plan["suggested_prompt"].endswith("Lighthouse behind him.")
    assert plan["rationale"].startswith("Added “lighthouse behind him”")
    said = next(each for each in (await studio.http.get("/api/llm")).json()["stages"] if each["stage"] == "engineer")
    assert said["works"] is False
