"""The generator ``mock``: a picture out of nothing but what was asked, and every trouble of a real one by script."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from PIL.Image import Image

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.chance import new_seed
from vibes.generators.errors import Cancelled, GeneratorError, MaybePaid, OutOfCredit
from vibes.generators.factory import Registration
from vibes.generators.generator import ImageGenerator
from vibes.generators.mock import drawing
from vibes.generators.mock.drawing import Sketch
from vibes.generators.mock.mock_config import MockGeneratorConfig, MockModel, Scripted
from vibes.generators.mock.script import Script, error_of
from vibes.generators.offers import GeneratorOperation, ModelOffer, Offers, SizeRule, operations_of
from vibes.generators.wanted import MOST_SIDE, Wanted, wanted


class MockGenerator(ImageGenerator):
    """Draws by itself, or takes a picture out of a folder. Where it has a price it behaves as one that charges: it
    keeps a journal, counts its ``runs`` and tells what each cost."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = set(GeneratorCapabilities)

    config: MockGeneratorConfig

    def _configure(self, config: MockGeneratorConfig, **kwargs: Any) -> None:
        self.runs = 0
        """Pictures that were drawn, and paid for where it has a price; also those of which nobody was told."""
        self._script = Script(config.script)
        self._balance = config.balance_usd

    def offers(self) -> Offers:
        return Offers(models=tuple(map(self._offer, self.config.models)), concurrency=self.max_concurrent)

    @property
    def charges(self) -> bool:
        return self.config.price_usd > 0

    async def test_connection(self) -> dict[str, Any]:
        balance = {} if self._balance is None else {"balance_usd": self._balance}
        state = await super().test_connection() | balance
        if self.config.unhealthy:
            state |= {"status": "unhealthy", "error": self.config.unhealthy, "code": self.config.unhealthy_code}
        return state

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        asked = await wanted(prompt, kwargs)
        self._validate_wanted(asked)
        return await (self._draw_on_account(asked) if self.charges else self._draw(asked))

    async def _draw_on_account(self, asked: Wanted) -> str:
        if self._balance is not None and self._balance < self.config.price_usd:
            raise OutOfCredit(
                f"{self.name} has {self._balance:.2f} $ left, a picture costs {self.config.price_usd:g} $"
            )
        await self.journal.intend(asked.request_id, {"prompt": asked.prompt, "seed": asked.seed})
        try:
            path = await self._draw(asked)
        except GeneratorError as error:
            await self.journal.failed(asked.request_id, error)
            raise
        except asyncio.CancelledError:
            await self.journal.failed(asked.request_id, _cancelled(asked))
            raise
        await self.journal.done(asked.request_id, path, asked.observer.details)
        return path

    def _sketch(self, asked: Wanted) -> Sketch:
        loras = ", ".join(f"{lora.name}:{lora.strength:g}" for lora in asked.loras)
        named = (asked.negative_prompt, asked.model, asked.sampler, asked.scheduler, asked.guidance_scale, asked.steps)
        return Sketch(
            prompt=asked.prompt,
            seed=new_seed() if asked.seed is None else asked.seed,
            width=asked.width or self.config.width,
            height=asked.height or self.config.height,
            style="\0".join(map(str, (*named, loras))),
            background=self.config.background,
            show_text=self.config.show_text,
            image=asked.image,
            strength=0.8 if asked.strength is None else asked.strength,
            mask=asked.mask,
            control=asked.depth_map,
            control_strength=1.0 if asked.controlnet_strength is None else asked.controlnet_strength,
        )

    async def _draw(self, asked: Wanted) -> str:
        sketch, observer = self._sketch(asked), asked.observer
        scripted = self._script.next_for(asked.prompt)
        steps = asked.steps or self.config.steps
        seconds = self.config.seconds if scripted is None or scripted.seconds is None else scripted.seconds
        picture = await self._picture(sketch, resized=asked.width is not None or asked.height is not None)
        for step in range(steps):
            await self._trouble(scripted, step, steps)
            await asyncio.sleep(seconds / steps)
            observer.progress(step + 1, steps)
            if self.config.previews and step + 1 < steps:
                shown = await asyncio.to_thread(drawing.preview, picture, (step + 1) / steps)
                observer.preview(shown, "image/jpeg")
        await self._trouble(scripted, steps, steps)
        observer.result(self._pay(sketch, asked))
        content = await asyncio.to_thread(drawing.encoded, picture, self.config.format)
        path = Path(self._get_output_path(self.config.format, request_id=asked.request_id, sub_dir=asked.sub_dir))
        await asyncio.to_thread(path.write_bytes, content)
        return str(path)

    async def _picture(self, sketch: Sketch, *, resized: bool) -> Image:
        folder = self.config.images_dir
        if folder is None:
            return await asyncio.to_thread(drawing.draw, sketch)
        return await asyncio.to_thread(drawing.chosen, folder, sketch, fitted=resized)

    async def _trouble(self, scripted: Scripted | None, done: int, steps: int) -> None:
        """What is to happen once so many of its steps are done."""
        if scripted is None or scripted.outcome == "picture":
            return
        if done != (steps if scripted.after_steps is None else min(scripted.after_steps, steps)):
            return
        if scripted.outcome == "hang":
            await asyncio.Event().wait()
        error = error_of(scripted)
        if isinstance(error, MaybePaid):
            self._count()
        raise error

    def _pay(self, sketch: Sketch, asked: Wanted) -> dict[str, Any]:
        """What is told of the picture."""
        self._count()
        media_type = f"image/{self.config.format}"
        offer = self.offers().model(asked.model)
        seeded = offer is not None and GeneratorCapabilities.SEEDS in offer.capabilities
        again = seeded and self.config.images_dir is None
        details = {"seed": sketch.seed, "media_type": media_type, "reproducible": again}
        return details | ({"cost_usd": self.config.price_usd} if self.charges else {})

    def _count(self) -> None:
        self.runs += 1
        if self._balance is not None:
            self._balance -= self.config.price_usd

    def _offer(self, model: MockModel) -> ModelOffer:
        capabilities = self.config.capabilities if model.capabilities is None else model.capabilities
        operations = operations_of(capabilities)
        masks = {GeneratorOperation.INPAINT} if GeneratorOperation.IMG2IMG in operations else set()
        return ModelOffer(
            name=model.name,
            family=model.family,
            operations=operations | masks,
            capabilities=capabilities,
            sizes=SizeRule(multiple_of=model.multiple_of, most_side=MOST_SIDE),
            steps=model.steps,
            loras=model.loras,
            price_usd=self.config.price_usd,
        )


def _cancelled(asked: Wanted) -> GeneratorError:
    if "cost_usd" in asked.observer.details:
        return MaybePaid("cancelled when it was paid for")
    return Cancelled("cancelled before it was paid for")


REGISTRATION: Registration = {"config_class": MockGeneratorConfig, "generator_class": MockGenerator}
