"""Tasks that were told to end, where somebody else's code has forgotten it."""

import asyncio


def unless_cancelled() -> None:
    """Raises CancelledError where this task was cancelled and goes on all the same.

    Before Python 3.12 ``wait_for``, which clients of servers use, keeps a cancellation to itself that comes with the
    answer; before 3.13 so does a group of tasks in which another fault came first.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
