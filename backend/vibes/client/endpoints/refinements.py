"""Refinements: say what should change, switch operations, and see what a session was asked for."""

from collections.abc import Sequence
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.refinements import Feedback, Intent, IterationPlan, PromptChanges, Wish

_PATH = "/api/iterate"
PLAN_SECONDS = 240.0
"""A hub whose models must be loaded first may take that long; without any it answers at once."""


class AsyncRefinements:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def plan(self, session_id: str, feedback: Feedback) -> IterationPlan:
        """A new prompt out of feedback, to be seen before it is used. Raises NotFound for an unknown session."""
        call = Call(
            method="POST",
            path=f"{_PATH}/refine-prompt",
            body={"session_id": session_id, **feedback.body()},
            repeatable=not feedback.remember,
            seconds=PLAN_SECONDS,
        )
        return await self._transport.value(IterationPlan, call)

    async def apply(
        self,
        session_id: str,
        changes: PromptChanges,
        *,
        prompt: str,
        negative_prompt: str = "",
        model_family: str | None = None,
        iteration_id: str | None = None,
    ) -> IterationPlan:
        """The plan of these operations, by code alone. ``prompt``: as it was before the refinement."""
        body = {
            "session_id": session_id,
            "iteration_id": iteration_id,
            "current_prompt": prompt,
            "current_negative": negative_prompt,
            "model_family": model_family,
            "changes": changes.body(),
        }
        call = Call(method="POST", path=f"{_PATH}/apply-changes", body=body, repeatable=True)
        return await self._transport.value(IterationPlan, call)

    async def intent(self, session_id: str) -> Intent:
        return await self._transport.value(Intent, get(_intent(session_id)))

    async def set_intent(self, session_id: str, wishes: Sequence[Wish], *, version: int | None = None) -> Intent:
        """Replace all wishes. Raises HubRefused, and changes nothing, when the version is no longer this one."""
        seen = None if version is None else f'"{version}"'
        body = {"wishes": [each.body() for each in wishes]}
        call = Call(method="PUT", path=_intent(session_id), body=body, repeatable=version is None, seen=seen)
        return await self._transport.value(Intent, call)


class Refinements:
    """`AsyncRefinements` for callers without an event loop."""

    def __init__(self, refinements: AsyncRefinements, loop: BackgroundLoop) -> None:
        self._refinements = refinements
        self._loop = loop

    def plan(self, session_id: str, feedback: Feedback) -> IterationPlan:
        return self._loop.run(self._refinements.plan(session_id, feedback))

    def apply(
        self,
        session_id: str,
        changes: PromptChanges,
        *,
        prompt: str,
        negative_prompt: str = "",
        model_family: str | None = None,
        iteration_id: str | None = None,
    ) -> IterationPlan:
        return self._loop.run(
            self._refinements.apply(
                session_id,
                changes,
                prompt=prompt,
                negative_prompt=negative_prompt,
                model_family=model_family,
                iteration_id=iteration_id,
            )
        )

    def intent(self, session_id: str) -> Intent:
        return self._loop.run(self._refinements.intent(session_id))

    def set_intent(self, session_id: str, wishes: Sequence[Wish], *, version: int | None = None) -> Intent:
        return self._loop.run(self._refinements.set_intent(session_id, wishes, version=version))


def _intent(session_id: str) -> str:
    return f"/api/sessions/{quote(session_id, safe='')}/intent"
