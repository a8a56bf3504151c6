"""The generator ``openai``: pictures of OpenAI's models, or of any server that speaks as OpenAI does."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.chance import new_seed
from vibes.generators.errors import GeneratorError, MaybePaid
from vibes.generators.factory import Registration
from vibes.generators.found import Found, Running, Waiting
from vibes.generators.generator import ImageGenerator
from vibes.generators.given import media_type_of
from vibes.generators.hosted.http import Connections, NoAnswer, NotSent
from vibes.generators.hosted.once import Follow, Once, Take, is_there
from vibes.generators.hosted.pictures import NoPicture, decoded, fetched, written
from vibes.generators.journal import Stage
from vibes.generators.observing import SafeObserver
from vibes.generators.offers import GeneratorOperation, ModelOffer, Offers, SizeRule
from vibes.generators.openai.answers import Partial, Picture, cost_of
from vibes.generators.openai.client import OpenAIClient, host_of
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.openai.failures import failure
from vibes.generators.openai.profiles import sizes_of_model
from vibes.generators.openai.requests import ignored, request_for
from vibes.generators.wanted import Wanted, wanted

logger = logging.getLogger(__name__)

_C = GeneratorCapabilities
_O = GeneratorOperation


class OpenAIGenerator(ImageGenerator):
    """A request is one POST whose answer is the picture: it cannot be found again, and once sent it is not cancelled,
    because it is paid for all the same. Where nothing is charged (``price_usd: 0``) it is dropped when unwanted."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {
        GeneratorCapabilities.IMAGE_TO_IMAGE,
        GeneratorCapabilities.NEGATIVE_PROMPTS,
        GeneratorCapabilities.SEEDS,
    }
    config: OpenAIConfig

    def _configure(self, config: OpenAIConfig, **kwargs: Any) -> None:
        self._fresh, self._kept = (Connections(kept=kept, key=config.key) for kept in (False, True))
        self._client = OpenAIClient(config, self._fresh, self._kept)
        self._once = Once(self.journal, charges=self.charges)

    @property
    def provider(self) -> str:
        """Several accounts of one server are judged by the same rules."""
        return host_of(self.config.base_url)

    @property
    def charges(self) -> bool:
        return bool(self.config.price_usd != 0)

    def offers(self) -> Offers:
        server = self.config.about_server
        able = {_C.IMAGE_TO_IMAGE}
        able |= {_C.SEEDS} if "seed" in server.fields else set()
        able |= {_C.NEGATIVE_PROMPTS} if server.joined_negative or "negative_prompt" in server.fields else set()
        model = ModelOffer(
            name=self.config.model_name,
            family=self.config.family,
            operations=frozenset({_O.TXT2IMG, _O.IMG2IMG, _O.INPAINT} if server.masks else {_O.TXT2IMG, _O.IMG2IMG}),
            capabilities=frozenset(able),
            sizes=self._sizes(),
            price_usd=self.config.price_usd,
        )
        return Offers(models=(model,), concurrency=self.max_concurrent)

    def _sizes(self) -> SizeRule:
        if self.config.sizes:
            pairs = (each.split("x") for each in self.config.sizes)
            return SizeRule(only=tuple((int(width), int(height)) for width, height in pairs))
        return self.config.about_server.sizes or sizes_of_model(self.config.model_name)

    async def start(self) -> None:
        await asyncio.gather(self._fresh.open(), self._kept.open())
        await super().start()
        await self.journal.tidy()

    async def stop(self) -> None:
        """What is under way is waited for a while, since it is paid for."""
        await super().stop()
        await asyncio.gather(self._fresh.close(), self._kept.close())

    async def test_connection(self) -> dict[str, Any]:
        """Whether the key is taken and the model is there; costs nothing."""
        state = await super().test_connection()
        if state["status"] != "healthy":
            return state
        try:
            reply = await self._client.models()
        except (NotSent, NoAnswer) as error:
            message = f"{self.config.base_url} does not answer: {error}"
            return {"status": "unhealthy", "error": message, "code": "unavailable"}
        value = await reply.value()
        if not reply.good:
            refusal = failure(reply, value, who=self.config.base_url)
            return {"status": "unhealthy", "error": str(refusal), "code": refusal.code}
        return self._with_model(value)

    def _with_model(self, value: Any) -> dict[str, Any]:
        """A server that lists none may have it all the same."""
        listed = value.get("data") if isinstance(value, Mapping) else None
        names = [each.get("id") for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
        if not names or self.config.model_name in names:
            return {"status": "healthy"}
        return {
            "status": "unhealthy",
            "error": f"there is no model {self.config.model_name!r}",
            "code": "misconfigured",
        }

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        request = await wanted(prompt, kwargs)
        match await self._once.step(request.request_id):
            case Take(path, details):
                if not await is_there(path):
                    raise MaybePaid("it was drawn before, and its picture is no longer there")
                request.observer.result(details)
                return path
            case Follow(receipt):
                return await self._fetched_again(request.request_id, receipt, request.observer)
        self._validate_wanted(request)
        if "seed" in self.config.about_server.fields and request.seed is None:
            request = request.model_copy(update={"seed": new_seed()})
        asked = await asyncio.to_thread(request_for, self.config, request)
        intent = {"address": self.config.base_url, "model": self.config.model_name, "prompt": prompt[:200]}

        async def post() -> str:
            picture = await self._client.draw(asked, lambda partial: self._show(request, partial))
            return await self._kept_picture(request, picture)

        return await self._once.send(request.request_id, intent, post)

    async def _show(self, request: Wanted, partial: Partial) -> None:
        """A preview that is none is left out: it does not matter."""
        try:
            image = await decoded(partial.b64, self.config.download.most_bytes)
        except NoPicture as error:
            logger.info("%s: a preview is none: %s", self.name, error)
            return
        request.observer.preview(image, media_type_of(image))
        request.observer.progress(partial.index + 1, self.config.partial_images + 1)

    async def _kept_picture(self, request: Wanted, picture: Picture) -> str:
        """Its path, written down. What only an address is known of can be fetched later, too."""
        details = self._details(request, picture)
        if picture.b64 is None:
            receipt = {"url": picture.url, "details": details, "sub_dir": request.sub_dir}
            await self._once.accepted(request.request_id, receipt)
        path, told = await self._written(request.request_id, await self._content(picture), request.sub_dir, details)
        request.observer.result(told)
        return path

    async def _fetched_again(self, request_id: str, receipt: Mapping[str, Any], observer: SafeObserver) -> str:
        try:
            picture = await self._content(Picture(url=str(receipt.get("url", ""))))
        except GeneratorError as error:
            raise await self._once.failed(request_id, error) from error
        path, told = await self._written(request_id, picture, receipt.get("sub_dir"), receipt.get("details", {}))
        observer.result(told)
        return path

    async def _content(self, picture: Picture) -> bytes:
        limits, plain = self.config.download, self.config.base_url.startswith("http://")
        try:
            if picture.b64 is not None:
                return await decoded(picture.b64, limits.most_bytes)
            return await fetched(self._kept, picture.url or "", limits, plain=plain)
        except NoPicture as error:
            raise MaybePaid(f"it was drawn, but {error}") from error

    async def _written(
        self, request_id: str, picture: bytes, sub_dir: str | None, details: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        path = await written(picture, partial(self._get_output_path, request_id=request_id, sub_dir=sub_dir))
        told = {"media_type": media_type_of(picture), **details}
        await self._once.done(request_id, path, told)
        return path, told

    def _details(self, request: Wanted, picture: Picture) -> dict[str, Any]:
        seeds = "seed" in self.config.about_server.fields
        cost = cost_of(picture.usage, self.config.token_prices)
        told: dict[str, Any] = {
            "cost_usd": self.config.price_usd if cost is None else cost,
            "reproducible": seeds,
            "seed": request.seed if seeds else None,
            "revised_prompt": picture.revised_prompt,
            "ignored": [*ignored(self.config, request)] or None,
        }
        return {name: value for name, value in told.items() if value is not None}

    async def cancel_request(self, request_id: str) -> bool:
        """What is under way and paid for goes on, and its picture is kept."""
        if not self.charges or not isinstance(await self.find_request(request_id), Running):
            return await super().cancel_request(request_id)
        return False

    async def find_request(self, request_id: str) -> Found:
        """A picture of which only the address is known is fetched for this."""
        found = await super().find_request(request_id)
        if isinstance(found, Waiting | Running):
            return found
        entry = await self.journal.entry(request_id)
        if entry is not None and entry.receipt and entry.stage in {Stage.ACCEPTED, Stage.UNCLEAR}:
            with suppress(GeneratorError):
                await self._fetched_again(request_id, entry.receipt, SafeObserver(None))
        return await self._once.found(request_id) or found


REGISTRATION: Registration = {"config_class": OpenAIConfig, "generator_class": OpenAIGenerator}
