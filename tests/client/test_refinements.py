"""Refinements from Python and from the command line."""

import asyncio
import json

import pytest
from typer.testing import CliRunner

from tests.client.conftest import Served
from vibes.cli import app
from vibes.client import AsyncHubClient, Feedback, HubRefused, PromptChanges

PROMPT = "a man with a hat in a boat, foggy morning"


async def test_feedback_becomes_a_plan_an_operation_is_switched_off_and_a_wish_taken_back(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub:
        session = await hub.sessions.create({"prompt": PROMPT})
        plan = await hub.refinements.plan(session.id, Feedback(feedback_text="no hat, more fog", current_prompt=PROMPT))
        assert plan.changes == PromptChanges(remove=("hat",), emphasis_up=("fog",))
        less = PromptChanges(remove=("hat",))
        again = await hub.refinements.apply(session.id, less, prompt=PROMPT, iteration_id=plan.iteration_id)
        assert again.suggested_prompt == "a man in a boat, foggy morning"
        intent = await hub.refinements.intent(session.id)
        assert (intent.removed, intent.version, len(intent.wishes)) == (("hat",), 2, 1)
        assert (await hub.refinements.set_intent(session.id, intent.wishes, version=2)).wishes == intent.wishes
        with pytest.raises(HubRefused):
            await hub.refinements.set_intent(session.id, (), version=2)
        assert (await hub.refinements.set_intent(session.id, ())).removed == ()


async def test_the_command_shows_the_plan_and_uses_it_only_when_told(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub:
        session = await hub.sessions.create({"prompt": PROMPT})
        shown = await _run(served_hub, session.id[:13], "no hat, more fog")
        assert shown.startswith("a man "), shown
        assert "with a hat" not in shown, "old words without their colour are no part of the prompt"
        assert "by rules: no LLM is configured" in shown
        plan = json.loads(await _run(served_hub, session.id, "a bridge instead of the boat", "--json", "--use"))
        assert plan["changes"]["modify"] == [{"from": "boat", "to": "bridge"}]
        assert (await hub.sessions.get(session.id)).config["prompt"] == "a man with a hat on a bridge, foggy morning"
        assert "What should change?" in await _run(served_hub, session.id, "???")


async def _run(served_hub: Served, *words: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["refine", *words, "--url", served_hub.url])
    assert result.exit_code == 0, result.output
    return result.stdout
