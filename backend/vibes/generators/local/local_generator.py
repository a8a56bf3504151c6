"""The generator ``diffusers``: SDXL Lightning and other checkpoints on this machine, drawn by a child process."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import vibes
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.chance import new_seed
from vibes.generators.errors import Misconfigured
from vibes.generators.factory import Registration
from vibes.generators.generator import ImageGenerator
from vibes.generators.local.frames import Message
from vibes.generators.local.keeper import Child, Keeper, Limits
from vibes.generators.local.local_config import LocalGeneratorConfig
from vibes.generators.local.offering import drawing_of, further_reasons, loading_of, loras_in, missing_files, offers_of
from vibes.generators.offers import Asked, Offers, reasons_against
from vibes.generators.processes.environment import harmless
from vibes.generators.wanted import wanted

CHILD = "vibes.generators.local.child"
_WITH_OUR_MODULES = (
    "import sys; place = sys.argv[1]; sys.path.append(place); "
    f"from {CHILD}.__main__ import main; sys.path.remove(place); main()"
)
"""It finds the child's modules here, and every library in its own place."""


class LocalGenerator(ImageGenerator):
    """Never loads torch: what does is a child, which may crash, hang or run out of memory without harm to this
    process."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {
        GeneratorCapabilities.IMAGE_TO_IMAGE,
        GeneratorCapabilities.CONTROLNET,
        GeneratorCapabilities.NEGATIVE_PROMPTS,
        GeneratorCapabilities.SEEDS,
        GeneratorCapabilities.CUSTOM_SCHEDULERS,
        GeneratorCapabilities.LORA,
    }

    config: LocalGeneratorConfig

    def _configure(
        self,
        config: LocalGeneratorConfig,
        *,
        command: Sequence[str] = (),
        limits: Limits | None = None,
        **kwargs: Any,
    ) -> None:
        """``command``: what to start instead of the child; ``limits`` instead of those of the settings."""
        usual = Limits(load=config.load_seconds, silent=config.silent_seconds)
        environment = harmless() | config.environment
        child = Child(command or command_of(config), environment, self.output_dir)
        self._loras: tuple[str, ...] | None = None
        self._keeper = Keeper(child, loading_of(config), limits or usual)

    def offers(self) -> Offers:
        return offers_of(self.config, self._loras)

    def refuses(self, request: Asked) -> tuple[str, ...]:
        return (*reasons_against(request, self.offers()), *further_reasons(self.config, request))

    async def start(self) -> None:
        """With ``warm_up`` it has loaded and drawn once when this returns; otherwise with the first request. Raises
        Misconfigured where a file is not there or cannot be loaded, OutOfMemory and Crashed."""
        await super().start()
        await self._look_for_files()
        await self._look_for_loras()
        if self.config.warm_up:
            await self._keeper.ready()

    async def stop(self) -> None:
        await super().stop()
        await self._keeper.end()

    async def test_connection(self) -> dict[str, Any]:
        await self._look_for_loras()
        wrong = self._keeper.wrong
        if wrong is not None:
            return {"status": "unhealthy", "error": str(wrong), "code": wrong.code}
        return await super().test_connection() | dict(self._keeper.told)

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        asked = await wanted(prompt, kwargs)
        self._validate_wanted(asked)
        seed = new_seed() if asked.seed is None else asked.seed
        brought = {"image": asked.image, "mask": asked.mask, "depth_map": asked.depth_map}
        parts = {name: content for name, content in brought.items() if content is not None}
        done = await self._keeper.draw(Message("draw", drawing_of(self.config, asked, seed), parts), asked.observer)
        asked.observer.result({"seed": seed, "media_type": "image/png", "reproducible": True})
        path = Path(self._get_output_path("png", request_id=asked.request_id, sub_dir=asked.sub_dir))
        await asyncio.to_thread(path.write_bytes, done.parts["picture"])
        return str(path)

    async def _look_for_loras(self) -> None:
        self._loras = await asyncio.to_thread(loras_in, self.config.loras_dir)

    async def _look_for_files(self) -> None:
        missing = await asyncio.to_thread(lambda: [*missing_files(self.config)])
        if missing:
            raise Misconfigured("; ".join(missing))


def command_of(config: LocalGeneratorConfig) -> tuple[str, ...]:
    """What starts the child."""
    python = sys.executable if config.python is None else str(config.python)
    return (python, "-c", _WITH_OUR_MODULES, str(Path(vibes.__file__).parents[1]))


REGISTRATION: Registration = {"config_class": LocalGeneratorConfig, "generator_class": LocalGenerator}
