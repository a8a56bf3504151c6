"""Pending, running and finished prompts, ordered and compared as in ComfyUI."""

import asyncio
import copy
import heapq
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_HISTORY = 10_000

QueueItem = tuple[Any, ...]
"""``(number, prompt_id, graph, extra_data, outputs, secrets?)``, compared as a tuple by the heap.

With equal number and id the comparison reaches the graphs and raises TypeError, as in ComfyUI
(docs/comfyui-protocol.md#never-send-a-number).
"""

NUMBER, PROMPT_ID, GRAPH, EXTRA_DATA, OUTPUTS = range(5)
_SHOWN = 5
"""Number of an item's parts that ``/queue`` and ``/history`` show."""

SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")


@dataclass(frozen=True, slots=True)
class Result:
    """How a prompt ended, as history keeps it."""

    succeeded: bool
    outputs: Mapping[str, Any]
    meta: Mapping[str, Any]
    messages: list[Any]


class JobQueue:
    """One heap by ``(number, prompt_id)``, at most one running prompt, and the history."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._pending: list[QueueItem] = []
        self._running: dict[int, QueueItem] = {}
        self._history: dict[str, dict[str, Any]] = {}
        self._flags: dict[str, bool] = {}
        self._something_to_do = asyncio.Event()
        self._taken = 0

    @property
    def remaining(self) -> int:
        """Pending and running together."""
        return len(self._pending) + len(self._running)

    def put(self, item: QueueItem) -> None:
        """Queue a prompt; TypeError (the item is queued all the same) when it cannot be ordered."""
        heapq.heappush(self._pending, item)
        self._on_change()
        self._something_to_do.set()

    async def wait(self) -> None:
        """Return when a prompt is pending or a flag is set."""
        while not self._pending and not self._flags:
            self._something_to_do.clear()
            await self._something_to_do.wait()

    def take(self) -> tuple[int, QueueItem] | None:
        """The next prompt with its ticket, or None when there is none.

        TypeError when the heap cannot be ordered, which ends ComfyUI's worker.
        """
        if not self._pending:
            return None
        item = heapq.heappop(self._pending)
        ticket, self._taken = self._taken, self._taken + 1
        self._running[ticket] = copy.deepcopy(item)
        self._on_change()
        return ticket, item

    def finish(self, ticket: int, result: Result) -> None:
        """Write history, then send all clients the new queue length."""
        item = self._running.pop(ticket)
        if len(self._history) > _LONGEST_HISTORY:
            self._history.pop(next(iter(self._history)))
        self._history[item[PROMPT_ID]] = {
            "prompt": without_secrets(item),
            "outputs": dict(result.outputs),
            "status": {
                "status_str": "success" if result.succeeded else "error",
                "completed": result.succeeded,
                "messages": result.messages,
            },
            "meta": dict(result.meta),
        }
        self._on_change()

    def is_running(self, prompt_id: str) -> bool:
        return any(item[PROMPT_ID] == prompt_id for item in self._running.values())

    def running(self) -> list[QueueItem]:
        return [item[:_SHOWN] for item in self._running.values()]

    def pending(self) -> list[QueueItem]:
        """In the heap's order: only the first is sure to run next."""
        return [item[:_SHOWN] for item in self._pending]

    def delete(self, prompt_id: str) -> bool:
        """Remove the first pending prompt of that id."""
        for index, item in enumerate(self._pending):
            if item[PROMPT_ID] == prompt_id:
                del self._pending[index]
                heapq.heapify(self._pending)
                self._on_change()
                return True
        return False

    def clear(self) -> None:
        """Remove everything that is pending."""
        self._pending.clear()
        self._on_change()

    def history(self, *, max_items: int | None = None, offset: int = -1) -> dict[str, Any]:
        """Oldest first; with ``max_items`` and no offset the newest ones."""
        if offset < 0:
            offset = len(self._history) - max_items if max_items is not None else 0
        chosen = list(self._history.items())[max(offset, 0) :]
        return dict(chosen if max_items is None else chosen[:max_items])

    def history_of(self, prompt_id: str) -> dict[str, Any]:
        """Empty for a prompt that is unknown or not finished."""
        return {prompt_id: self._history[prompt_id]} if prompt_id in self._history else {}

    def forget(self, prompt_id: str) -> None:
        self._history.pop(prompt_id, None)

    def forget_all(self) -> None:
        self._history.clear()

    def set_flag(self, name: str, *, on: bool) -> None:
        """Set what the worker does between two prompts, or at once when it is idle."""
        self._flags[name] = on
        self._something_to_do.set()

    def take_flags(self) -> dict[str, bool]:
        flags, self._flags = self._flags, {}
        return flags


def without_secrets(item: QueueItem) -> list[Any]:
    """An item as history shows it."""
    shown = list(item[:_SHOWN])
    shown[EXTRA_DATA] = {key: value for key, value in item[EXTRA_DATA].items() if key not in SECRETS}
    return shown


def milliseconds() -> int:
    """Now, in the milliseconds of ComfyUI's timestamps."""
    return int(time.time() * 1000)
