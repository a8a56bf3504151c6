"""A ComfyUI that is there while the hub runs it: the ordinary adapter of its present process."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from vibes.domain.errors import NodeAway
from vibes.domain.nodes.node import NodeConfig, NodeTls, NodeVitals
from vibes.domain.reason import Reason, ReasonCode
from vibes.generators.managed_comfyui.command import ADDRESS
from vibes.generators.managed_comfyui.config import ManagedConfig
from vibes.generators.managed_comfyui.standing import Stage
from vibes.generators.managed_comfyui.supervisor import Home, ManagedComfyUI
from vibes.nodes.comfyui.late import LateComfyUI, comfyui_of
from vibes.nodes.comfyui.node import ComfyUINode
from vibes.nodes.comfyui_managed.idle_worker import IDLE_SECONDS, IdleWorker
from vibes.ports.kinds import HubTraits

_DEAD_WORKER = "its ComfyUI answered, but took nothing of its queue"


class ManagedNode(LateComfyUI[Home]):
    """Its process begins with the first check, and ends with `close`."""

    def __init__(
        self,
        config: NodeConfig,
        managed: ManagedComfyUI,
        comfyui: Callable[[NodeConfig], ComfyUINode],
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """``idle_seconds``: how long prompts may wait there while none runs."""
        super().__init__(comfyui)
        self._config = config
        self._managed = managed
        self._worker = IdleWorker(idle_seconds)

    async def check(self) -> NodeVitals:
        self._managed.start()
        comfyui, home = await self._at_home()
        vitals = await comfyui.check()
        if self._worker.dead(vitals.queue, asyncio.get_running_loop().time()):
            self._managed.renew(home, _DEAD_WORKER)
        return vitals

    async def close(self) -> None:
        await super().close()
        await self._managed.stop()

    def _current_home(self) -> Home | None:
        return self._managed.home

    async def _config_of(self, home: Home) -> NodeConfig:
        return replace(
            self._config, host=ADDRESS, port=home.port, scheme="http", path_prefix="", headers={}, tls=NodeTls()
        )

    def _vanished(self) -> bool:
        return self._managed.empty

    def _away(self) -> NodeAway:
        standing = self._managed.standing
        starts = standing.stage in {Stage.STARTING, Stage.READY}
        return NodeAway(Reason(ReasonCode.STARTING if starts else ReasonCode.CRASHED, standing.words))


def managed_node(hub: HubTraits, config: NodeConfig) -> ManagedNode:
    """The driver of a node whose options were checked."""
    if hub.state_folder is None:
        raise ValueError("a hub that starts a ComfyUI must have a folder for what it writes")
    options = ManagedConfig.model_validate(dict(config.options))
    managed = ManagedComfyUI(options, hub.state_folder.resolve() / config.id)
    return ManagedNode(config, managed, partial(comfyui_of, hub))
