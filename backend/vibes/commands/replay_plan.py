"""``python -m vibes.commands.replay_plan FILE``: repeats a plan that failed, to find the fault.

The hub writes such files into ``broken-plans`` of its data folder. Status 1 while the plan still fails.
"""

import traceback
from pathlib import Path

import typer

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.scheduling.planner import outlook, plan
from vibes.services.queue.broken_plans import read


def replay_plan(file: Path) -> None:
    """Repeat the plan and the forecast of FILE."""
    try:
        snapshot, estimator = read(file.read_text(encoding="utf-8"))
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}", code=USAGE_ERROR)
    except ValueError as error:
        fail(f"{file} holds no snapshot of a plan: {error}", code=USAGE_ERROR)
    try:
        decisions = plan(snapshot, estimator).decisions
        outlook(snapshot, estimator)
    except Exception:  # noqa: BLE001 - whatever breaks is what is looked for
        traceback.print_exc()
        fail("the plan still breaks")
    print(f"the plan can be made: {len(decisions)} decisions")  # noqa: T201 - what was asked for


if __name__ == "__main__":
    typer.run(replay_plan)
