"""A refinement as server-sent events: its stages, the rationale as it is written, and the plan at the end."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from vibes.api.schemas.refinement import IterationPlanOut
from vibes.domain.chat.config import Stage
from vibes.domain.errors import HubError
from vibes.domain.refinement.feedback import FeedbackRequest
from vibes.services.refinement.service import RefinementService

logger = logging.getLogger(__name__)

LONGEST_WAIT = 5.0
"""Seconds until a comment shows that a quiet stream is alive."""


class _Events:
    """Hears the stages, and keeps what it heard in order."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    def stage(self, stage: Stage) -> None:
        self.heard.put_nowait(("stage", {"stage": stage.value}))

    def rationale(self, text: str, anew: bool) -> None:
        self.heard.put_nowait(("rationale", {"text": text, "anew": anew}))


async def refinement_stream(refinements: RefinementService, request: FeedbackRequest) -> AsyncIterator[str]:
    """``stage``, ``rationale`` and at last ``plan``, or ``problem`` where there is none. Who leaves ends the work."""
    events = _Events()
    work = asyncio.create_task(_work(refinements, request, events))
    try:
        while True:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    name, data = await events.heard.get()
            except TimeoutError:
                yield ": still there\n\n"
                continue
            yield f"event: {name}\ndata: {json.dumps(data)}\n\n"
            if name in {"plan", "problem"}:
                return
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _work(refinements: RefinementService, request: FeedbackRequest, events: _Events) -> None:
    try:
        plan = await refinements.plan(request, events)
    except HubError as error:
        events.heard.put_nowait(("problem", {"code": error.code, "detail": error.message}))
        return
    except Exception:  # a mistake of ours: whoever listens would wait for ever
        logger.exception("a refinement failed")
        events.heard.put_nowait(("problem", {"code": "internal_error", "detail": "the hub made a mistake"}))
        return
    answer = IterationPlanOut.of(plan)
    events.rationale(answer.rationale, True)
    events.heard.put_nowait(("plan", answer.model_dump(mode="json", by_alias=True)))
