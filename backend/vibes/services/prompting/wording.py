"""Finds what a request wants laid over its prompts."""

from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.prompting.wording import Wording
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
