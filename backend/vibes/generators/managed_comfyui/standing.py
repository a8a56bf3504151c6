"""How far a ComfyUI of one's own is from drawing, in words."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vibes.generators.managed_comfyui.restarts import MOST_FAILURES, WINDOW_SECONDS, Failures

_LINES_TOLD, _LINE_TOLD = 3, 160


class Stage(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    RESTING = "resting"
    """It has failed, and is started again after a while."""
    DOWN = "down"
    """It has failed too often: a person should look."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``words`` continue the node's name and state."""

    stage: Stage
    words: str = ""


STOPPED = Standing(Stage.STOPPED, "its ComfyUI is not started")
STARTING = Standing(Stage.STARTING, "its ComfyUI is starting: waiting for its first answer")
READY = Standing(Stage.READY)


def after(failures: Failures, why: str) -> Standing:
    """``why``: of the latest failure."""
    if failures.too_many:
        often = f"failed more than {MOST_FAILURES} times in {WINDOW_SECONDS / 60:g} minutes"
        return Standing(Stage.DOWN, f"{often} and is tried again after {failures.pause / 60:g}: {why}")
    return Standing(Stage.RESTING, f"{why}; it is started again after {failures.pause:g} s")


def ended(status: int) -> str:
    """``status`` as `subprocess` tells it."""
    if status >= 0:
        return f"its ComfyUI ended with status {status}"
    try:
        return f"its ComfyUI was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"its ComfyUI was ended by signal {-status}"


def with_last_words(why: str, tail: Sequence[str]) -> str:
    said = " | ".join(line[:_LINE_TOLD] for line in tail[-_LINES_TOLD:])
    return f"{why}; its last words: {said}" if said else why
