"""A whole world that can be broken: a hub and its nodes as real processes, a client, and what a human does beside."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.faults.audience import Audience, audience
from tests.faults.bad_line import BadLine, bad_line
from tests.faults.checker import check, rows
from tests.forked import forked_service
from tests.loopback import free_port, loopback_client
from tests.processes import Service
from tests.waiting import eventually

PATIENCE_SECONDS = 90.0
HURRY = {
    "VIBES_HEALTH_INTERVAL": "0.5",
    "VIBES_RECHECK_INTERVAL": "0.1",
    "VIBES_RECONCILE_INTERVAL": "0.3",
    "VIBES_ANSWER_TIMEOUT": "3",
    "VIBES_ADOPTION_GRACE": "10",
    "VIBES_WEDGED_AFTER": "0.5",
    "VIBES_SILENT_LIMIT": "6",
    "VIBES_BREAKER_PAUSE": "1",
    "VIBES_WARM_UP": "false",
}
"""Everything that a hub waits for, about ten times faster than usual."""

VERSIONS = ("0.33.0", "0.3.64")
TIERS = ("premium", "draft")
PROFILES = ("rtx-5060-ti", "rtx-3060")


@dataclass(slots=True)
class Machine:
    """One simulated node as a process of its own; a restart keeps its port and forgets the rest."""

    id: str
    arguments: tuple[str, ...]
    folder: Path
    stack: AsyncExitStack
    service: Service | None = None
    received: dict[str, int] = field(default_factory=dict)
    """How often each prompt was queued, in the lives that are over."""
    executed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        assert self.service is not None
        return self.service.url

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    async def start(self) -> None:
        port = self.port if self.service else str(free_port())
        self.service = await self.stack.enter_async_context(
            forked_service("simulate", "--port", port, *self.arguments, cwd=self.folder)
        )

    async def kill(self) -> None:
        await self.remember()
        assert self.service is not None
        await self.service.kill()

    def stop_it(self) -> None:
        """Freeze the process: its connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.service is not None
        self.service.process.send_signal(number)

    async def fault(self, **settings: Any) -> None:
        await self.post("/simulator/faults", settings)

    async def heal(self) -> None:
        async with loopback_client(self.url) as http:
            (await http.delete("/simulator/faults")).raise_for_status()

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        async with loopback_client(self.url) as http:
            response = await http.post(path, json=dict(body))
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
            return answer

    async def get(self, path: str) -> dict[str, Any]:
        async with loopback_client(self.url) as http:
            answer: dict[str, Any] = (await http.get(path)).json()
            return answer

    async def interrupt(self) -> None:
        """Whatever runs, as the button on the node's own page does."""
        async with loopback_client(self.url) as http:
            (await http.post("/interrupt", json={})).raise_for_status()

    async def running(self) -> list[str]:
        return [item[1] for item in (await self.get("/queue"))["queue_running"]]

    async def pending(self) -> list[str]:
        return [item[1] for item in (await self.get("/queue"))["queue_pending"]]

    async def remember(self) -> None:
        """Add this life's counts to those before."""
        state = await self.get("/simulator/state")
        for prompt_id, count in state["received"].items():
            self.received[prompt_id] = self.received.get(prompt_id, 0) + count
        self.executed += state["executed"]


@dataclass(slots=True)
class World:
    folder: Path
    machines: dict[str, Machine]
    stack: AsyncExitStack
    hub: Service | None = None
    session: str | None = None
    """What `ask` asks for belongs to it."""
    audiences: list[Audience] = field(default_factory=list)
    """Who watched the session, one a hub process."""
    batches: list[str] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)
    """A human's prompts: id → machine."""
    bad_line: BadLine | None = None
    posts_each: int = 1
    """How often a prompt may be sent; 2 in stories in which answers are lost."""

    @property
    def line(self) -> BadLine:
        """Between the hub and ``slow``, in the worlds that have one."""
        assert self.bad_line is not None
        return self.bad_line

    def __getitem__(self, machine_id: str) -> Machine:
        return self.machines[machine_id]

    async def start_hub(
        self, environment: Mapping[str, str] | None = None, prepared: Callable[[], None] | None = None
    ) -> None:
        self.hub = await self.stack.enter_async_context(
            forked_service(
                *("serve", "--config", "gpus.yaml", "--data", "data", "--port", "0"),
                cwd=self.folder,
                environment={**HURRY, **(environment or {})},
                prepared=prepared,
            )
        )
        await eventually(self.all_seen, what="the hub has seen every node that answers")
        self.session = self.session or str((await self.post("/api/sessions", {}))["id"])
        self.audiences.append(await self.stack.enter_async_context(audience(self.hub.url, self.session)))

    async def all_seen(self) -> bool:
        return all(gpu["state"] != "starting" for gpu in (await self.get("/api/gpus"))["gpus"])

    async def get(self, path: str) -> dict[str, Any]:
        assert self.hub is not None
        async with loopback_client(self.hub.url) as http:
            answer: dict[str, Any] = (await http.get(path)).json()
            return answer

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        assert self.hub is not None
        async with loopback_client(self.hub.url) as http:
            response = await http.post(path, json=dict(body))
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, count: int, **given: Any) -> str:
        """Submit a batch and keep it for the checker; answers its id."""
        body = {"prompt": "a harbour at night", "model_family": "sd15", "count": count, "session_id": self.session}
        batch_id = str((await self.post("/api/generate/batch", {**body, **given}))["batch_id"])
        self.batches.append(batch_id)
        return batch_id

    async def batch(self, batch_id: str) -> dict[str, Any]:
        return await self.get(f"/api/batches/{batch_id}")

    async def finished(self, batch_id: str, within: float = PATIENCE_SECONDS) -> dict[str, Any]:
        async def terminal() -> dict[str, Any] | None:
            batch = await self.batch(batch_id)
            return batch if batch["completed"] == batch["total"] else None

        return await eventually(terminal, within=within, what="every generation is terminal")

    async def drawn(self) -> list[str]:
        """Prompts that were executed, but for second attempts that the hub says it made of what seemed stuck."""
        states = [await machine.get("/simulator/state") for machine in self.machines.values()]
        said = "".join(path.read_text() for path in self.folder.glob("*.log"))
        stuck = set(re.findall(r"(\S+) seems stuck on", said))
        beaten = rows(self.folder, "SELECT id, generation_id FROM attempts WHERE state = 'superseded'")
        spare = {attempt["id"] for attempt in beaten if attempt["generation_id"] in stuck}
        return [prompt_id for state in states for prompt_id in state["executed"] if prompt_id not in spare]

    async def works(self, machine_id: str) -> str:
        """Wait until the machine runs a prompt; answers its id."""
        machine = self.machines[machine_id]
        [prompt_id] = await eventually(machine.running, what=f"{machine_id} works")
        return prompt_id

    async def state_of(self, machine_id: str) -> str:
        return str((await self.get(f"/api/gpus/{machine_id}"))["state"])

    async def becomes(self, machine_id: str, *states: str) -> None:
        async def is_so() -> bool:
            return await self.state_of(machine_id) in states

        await eventually(is_so, what=f"{machine_id} is {' or '.join(states)}")

    async def reason_of(self, machine_id: str, part: str) -> None:
        """Wait until the hub gives a reason like this for the node's state."""

        async def is_said() -> bool:
            return part in str((await self.get(f"/api/gpus/{machine_id}"))["reason"])

        await eventually(is_said, what=f"{machine_id}: {part}")

    async def cancel(self, batch_id: str) -> None:
        assert self.hub is not None
        async with loopback_client(self.hub.url) as http:
            (await http.delete(f"/api/batches/{batch_id}")).raise_for_status()

    async def humans_are_served(self) -> None:
        async def all_drawn() -> bool:
            drawn: set[str] = set()
            for machine in self.machines.values():
                drawn |= {*machine.executed, *(await machine.get("/simulator/state"))["executed"]}
            return drawn >= set(self.foreign)

        await eventually(all_drawn, what="every human has the picture")

    async def human_asks(self, machine_id: str, count: int) -> None:
        """Somebody uses the node's own page meanwhile."""
        for index in range(count):
            prompt_id = str(uuid4())
            answer = await self.machines[machine_id].post(
                "/prompt", {"prompt": foreign_graph(index), "prompt_id": prompt_id, "client_id": "a browser"}
            )
            assert answer["node_errors"] == {}
            self.foreign[prompt_id] = machine_id


def foreign_graph(index: int) -> dict[str, Any]:
    return {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5-pruned-emaonly.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "somebody else's cat", "clip": ["1", 1]}},
        "3": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
        "4": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["2", 0],
                "latent_image": ["3", 0],
                "seed": 4000 + index,
                "steps": 10,
                "cfg": 7.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1.0,
            },
        },
        "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
        "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0], "filename_prefix": "mine"}},
    }


@asynccontextmanager
async def world(
    folder: Path,
    *,
    time_scale: float = 0.5,
    hub: bool = True,
    line: bool = False,
    names: Sequence[str] = ("fast", "slow"),
    one_checkout: bool = False,
    prepared: Callable[[], None] | None = None,
    **settings: str,
) -> AsyncIterator[World]:
    """Two unequal nodes, ``fast`` and ``slow``, of two ComfyUI versions, or by ``names`` as many as there are, such and
    such in turn. At the end the checker has its say.

    ``one_checkout``: they run out of one folder and so share ``input`` and ``output``, as two cards of one machine do.
    ``prepared`` is what the hub's process does before anything else.
    ``line``: the hub reaches ``slow`` over a line that can be bad; the story itself reaches it directly.
    """
    async with AsyncExitStack() as stack:
        machines = {
            name: Machine(
                name,
                (
                    *("--profile", profile, "--time-scale", str(time_scale), "--comfyui-version", version),
                    *(("--folder", "comfyui") if one_checkout else ()),
                ),
                folder,
                stack,
            )
            for name, profile, version in zip(names, cycle(PROFILES), cycle(VERSIONS), strict=False)
        }
        await asyncio.gather(*(machine.start() for machine in machines.values()))
        created = World(folder, machines, stack)
        ports = {machine.id: machine.port for machine in machines.values()}
        if line:
            created.bad_line = await stack.enter_async_context(bad_line(int(ports["slow"])))
            ports["slow"] = str(created.line.port)
        (folder / "gpus.yaml").write_text(fleet_of(ports), encoding="utf-8")
        if hub:
            await created.start_hub(settings, prepared)
        yield created
        await check(created)


def fleet_of(ports: Mapping[str, str]) -> str:
    entries = [
        f"""  - {{id: {machine_id}, name: {machine_id}, vram_gb: 8, tier: {tier}, host: 127.0.0.1, port: {port},
     capabilities: [sd15, sdxl, controlnet, upscale], max_resolution: 1024, max_batch: 1}}
"""
        for (machine_id, port), tier in zip(ports.items(), cycle(TIERS), strict=False)
    ]
    return "nodes:\n" + "".join(entries)
