"""Runs all checks beside one another, each within its time; one that hangs or breaks is a finding like any other."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Literal

from vibes.domain.doctor.finding import Finding, Report, in_order, warn
from vibes.domain.errors import HubError
from vibes.ports.checks import Check
from vibes.ports.clock import Clock

logger = logging.getLogger(__name__)

_CUT_SHORT_SECONDS = 1.0
"""For which a check that was stopped may still tidy up; what does not end then is left behind."""


async def examine(checks: Sequence[Check], clock: Clock, version: str, source: Literal["hub", "files"]) -> Report:
    """Takes as long as the slowest check may, and a second at most beyond that."""
    began = clock.monotonic()
    found = await asyncio.gather(*map(_findings, checks))
    return Report(
        findings=in_order(finding for each in found for finding in each),
        checked_at=clock.now(),
        took_seconds=clock.monotonic() - began,
        version=version,
        source=source,
    )


async def _findings(check: Check) -> Iterable[Finding]:
    look = asyncio.ensure_future(check.look())
    try:
        done, _ = await asyncio.wait({look}, timeout=check.seconds)
        if done:
            return list(look.result())
    except HubError as error:
        return [warn(check.area, "check_failed", f"{check.name} could not be looked at: {error.message}")]
    except Exception as error:
        logger.warning("the doctor's look at %s failed", check.name, exc_info=error)
        return [
            warn(
                check.area, "check_failed", f"{check.name} could not be looked at: {str(error) or type(error).__name__}"
            )
        ]
    finally:
        await _stop(look)
    return [
        warn(check.area, "check_hangs", f"{check.name} did not answer within {check.seconds:g} s; see what holds it up")
    ]


async def _stop(look: "asyncio.Future[Iterable[Finding]]") -> None:
    if not look.done():
        look.cancel()
        await asyncio.wait({look}, timeout=_CUT_SHORT_SECONDS)
