"""One rented instance: what state it is in at a moment, and what it has cost by then."""

import re
from dataclasses import dataclass
from math import inf
from typing import Any

from tests.fakes.vast.machines import Machine

HOUR = 3600.0
_LOOKS_EVERY = 20.0
"""Seconds between two looks of the script."""
_SWITCH = re.compile(r"\+ (\d+)\)\); seen=.*?\+ (\d+)\)\).*?now - seen\)\) -ge (\d+)", re.DOTALL)


def switch_in(script: str) -> tuple[float, float, float]:
    found = _SWITCH.search(script)
    return (float(found[1]), float(found[2]), float(found[3])) if found else (inf, inf, inf)


@dataclass(slots=True, kw_only=True)
class Life:
    """How an instance fares, in seconds since it was created."""

    created: float = 5.0
    """Until then it has no status at all."""
    loading: float = 10.0
    running: float = 60.0
    comfyui: float = 90.0
    """Until then its proxy answers 502 with a page."""
    fate: str = ""
    """What becomes of it: exited, unknown, offline, stopped (somebody pays more)."""
    fate_at: float = inf
    message: str = ""
    lingers: float = 0.0
    """Seconds for which it is still listed once it is destroyed."""


@dataclass(slots=True, kw_only=True)
class FakeInstance:
    id: int
    machine: Machine
    body: dict[str, Any]
    """Of the order."""
    born: float
    life: Life
    host: str = "203.0.113.7"
    port: int = 0
    stopped_at: float = inf
    """When its account ran dry."""
    destroyed_at: float = inf
    raised: float = 0.0
    """Dollars by which the host has raised its hourly price."""
    heard_at: float = -inf
    """When the hub has left its heartbeat there last."""
    switch: tuple[float, float, float] = (inf, inf, inf)
    """What its start script waits for before it destroys the instance, in seconds: the end, the boot, the silence."""

    @property
    def label(self) -> str:
        return str(self.body.get("label") or "")

    @property
    def password(self) -> str:
        return str(self.body["env"]["WEB_PASSWORD"])

    @property
    def hourly(self) -> float:
        return self.machine.base_hourly + self.raised + self.storage_hourly

    @property
    def storage_hourly(self) -> float:
        return self.machine.storage_hourly(self.body.get("disk", 10))

    def listed(self, now: float) -> bool:
        return now < self.destroyed_at + self.life.lingers

    def alive(self, now: float) -> bool:
        """Whether it costs anything."""
        return now < self.destroyed_at

    def destroys_itself_at(self) -> float:
        """By its own script, as long as nobody is heard any more."""
        end, boot, silence = self.switch
        begun = self.born + self.life.running
        seen = self.heard_at if self.heard_at >= begun else begun + boot
        return min(begun + end, seen + silence) + _LOOKS_EVERY

    def status(self, now: float) -> str | None:
        age = now - self.born
        if now >= self.stopped_at:
            return "stopped"
        if age >= self.life.fate_at:
            return self.life.fate
        states = ((self.life.created, None), (self.life.loading, "created"), (self.life.running, "loading"))
        return next((state for until, state in states if age < until), "running")

    def answers(self, now: float) -> bool:
        """Whether its ComfyUI does."""
        return self.alive(now) and self.status(now) == "running" and now - self.born >= self.life.comfyui

    def spent(self, now: float) -> float:
        """Dollars: the disk from the beginning to the end, the card while it runs."""
        end = min(now, self.destroyed_at)
        begun, over = self.born + self.life.running, min(end, self.stopped_at, self.born + self.life.fate_at)
        card = max(over - begun, 0.0) * (self.hourly - self.storage_hourly)
        return (card + max(end - self.born, 0.0) * self.storage_hourly) / HOUR

    def row(self, now: float) -> dict[str, Any]:
        """As a list shows it."""
        status = self.status(now)
        runs = status == "running"
        intended = "stopped" if status == "stopped" else "running"
        return {
            "id": self.id,
            "machine_id": self.machine.id,
            "host_id": 7,
            "label": self.label or None,
            "actual_status": status,
            "intended_status": intended,
            "cur_state": "running" if runs else "unloaded",
            "next_state": intended,
            "status_msg": self.life.message or ("pulling layer 3 of 9\n" if status == "loading" else ""),
            "gpu_name": self.machine.gpu_name,
            "num_gpus": 1,
            "dph_total": self.hourly,
            "start_date": self.born,
            "public_ipaddr": f" {self.host} " if runs else None,
            "ports": {"8188/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(self.port)}]} if runs else None,  # noqa: S104 - what it really says
            "ssh_host": "ssh5.vast.ai",
            "ssh_port": 20_000 + self.id,
            "image_uuid": self.body.get("image"),
            "extra_env": [[name, value] for name, value in dict(self.body.get("env") or {}).items()],
            "onstart": self.body.get("onstart"),
        }
