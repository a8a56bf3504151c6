"""Machines for a random life: they outlive the hub and every edit of gpus.yaml, and draw at their own pace."""

import random
import time

from tests.fakes import FakeNode
from tests.waiting import due
from vibes.domain.node import NodeConfig

NAMES = ("fast", "slow", "third")
LINE = """  - {{id: {name}, name: {name}, enabled: {enabled}, vram_gb: 8, tier: {tier}, host: 10.1.1.{number},
     port: 8188, capabilities: [{capabilities}], max_resolution: 1024, max_batch: 1}}
"""
TIERS = {"fast": "premium", "slow": "draft", "third": "standard"}
CAPABILITIES = {"fast": "sd15, sdxl, upscale", "slow": "sd15", "third": "sd15, sdxl"}


async def pass_time(chance: random.Random, least: float, most: float) -> None:
    """The pace of a life, in seconds: nothing in it waits for this."""
    await due(time.monotonic() + chance.uniform(least, most))


class Machine:
    """What outlives the hub and every edit of gpus.yaml: a node with its prompts, which take their time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.node: FakeNode | None = None

    def client(self, config: NodeConfig) -> FakeNode:
        """A new connection to the same machine."""
        fresh = FakeNode(config, instant=False, signs=True)
        if self.node is not None:
            fresh.states, fresh.graphs = self.node.states, self.node.graphs
            fresh.number, fresh.reachable, fresh.wedged = self.node.number, self.node.reachable, self.node.wedged
            fresh.posts_lost, fresh.nonsense = self.node.posts_lost, self.node.nonsense
        self.node = fresh
        return fresh

    async def work(self, chance: random.Random) -> None:
        """For ever: draw what runs, or fail at it."""
        while True:
            await pass_time(chance, 0.001, 0.05)
            node = self.node
            if node is None or not node.running or node.wedged:
                continue
            running = chance.choice(node.running)
            if chance.random() < 0.05:
                node.break_down(running, "CUDA error: out of luck")
            else:
                node.finish(running)

    def healed(self) -> None:
        if self.node is not None:
            self.node.reachable, self.node.nonsense, self.node.refusal = True, False, None
            self.node.posts_lost = self.node.answers_lost = self.node.files_gone = self.node.missed_checks = 0
            self.node.unwedge()
            self.node.tell_connected()


def fleet_of(names: tuple[str, ...], disabled: str = "") -> str:
    lines = (
        LINE.format(
            name=name,
            tier=TIERS[name],
            capabilities=CAPABILITIES[name],
            number=NAMES.index(name) + 1,
            enabled=str(name != disabled).lower(),
        )
        for name in names
    )
    return "nodes:\n" + "".join(lines)
