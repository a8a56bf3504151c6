"""The requests that the fake fal was handed, and the states that they pass through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.fal.faults import Course

QUEUED, RUNNING, COMPLETED = "IN_QUEUE", "IN_PROGRESS", "COMPLETED"


@dataclass(slots=True)
class Submitted:
    """One request that was taken. It runs once, and is counted, unless it is cancelled in the queue."""

    request_id: str
    app: str
    given: Mapping[str, Any]
    headers: Mapping[str, str]
    course: Course

    looks: int = field(init=False, default=0)
    cancelled: bool = field(init=False, default=False)
    ran: bool = field(init=False, default=False)
    let_go: bool = field(init=False, default=False)
    """It goes on from where it was held."""

    @property
    def state(self) -> str:
        if self.cancelled:
            return COMPLETED
        if self.course.holds and not self.let_go:
            return self.course.holds
        if self.looks <= self.course.waits:
            return QUEUED
        return RUNNING if self.looks <= self.course.waits + self.course.runs else COMPLETED

    @property
    def position(self) -> int:
        return max(self.course.waits - self.looks, 0)

    def look(self) -> None:
        self.looks += 1
        self.ran = self.ran or (not self.cancelled and self.state in {RUNNING, COMPLETED})

    def status(self, *, logs: bool) -> dict[str, Any]:
        if self.state == QUEUED:
            return {"status": QUEUED, "queue_position": self.position, "request_id": self.request_id}
        told = [log(each) for each in (f"look {self.looks}", *self.course.logs)] if logs else None
        if self.state == RUNNING:
            return {"status": RUNNING, "request_id": self.request_id, "logs": told}
        return {
            "status": COMPLETED,
            "request_id": self.request_id,
            "logs": told,
            "metrics": {"inference_time": 1.84},
            **self._error(),
        }

    def _error(self) -> dict[str, str]:
        if self.cancelled:
            return {"error": "Request was cancelled", "error_type": "client_cancelled"}
        if self.course.error is None:
            return {}
        text, kind = self.course.error
        return {"error": text, "error_type": kind}

    def cancel(self) -> tuple[int, str]:
        if self.state == COMPLETED:
            return 400, "ALREADY_COMPLETED"
        self.cancelled = self.state == QUEUED or self.course.heeds_cancel
        return 202, "CANCELLATION_REQUESTED"


def log(message: str) -> dict[str, str]:
    return {"message": message, "level": "INFO", "source": "USER", "timestamp": "2026-11-02T10:00:00.1"}
