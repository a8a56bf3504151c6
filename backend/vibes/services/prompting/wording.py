"""Finds what a request wants laid over its prompts."""

import asyncio
from collections.abc import Collection, Sequence

from vibes.domain.generation import Generation
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.prompting.wording import Worded, Wording
from vibes.services.prompting.styles import StyleService
from vibes.services.prompting.wildcard_folder import WildcardFolder

PLAIN = Wording()


class PromptWording:
    def __init__(self, styles: StyleService, wildcards: WildcardFolder) -> None:
        self._styles = styles
        self._wildcards = wildcards

    async def of(self, request: GenerationRequest) -> Wording:
        """Raises InvalidRequest for a style that is not there."""
        if not request.styles and not request.wildcards:
            return PLAIN
        styles = await self._styles.named(request.styles, request.owner)
        return Wording(styles, await self._wildcards.lists() if request.wildcards else None)


async def worded_by(
    wording: Wording,
    specs: Collection[GenerationSpec],
    parameters: Collection[str],
    parents: Sequence[Generation],
) -> list[Worded]:
    """`Wording.on_specs`; beside the event loop where long lists may have to be read. Raises WildcardProblem."""
    if wording.lists is None:
        return wording.on_specs(specs, parameters, parents)
    return await asyncio.to_thread(wording.on_specs, specs, parameters, parents)
