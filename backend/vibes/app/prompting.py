"""The room of prompts: styles, wildcards, and what is laid over a request."""

from dataclasses import dataclass

from vibes.app.ground import Ground
from vibes.services.fleet.shelves import FleetShelves
from vibes.services.prompting.completion import CompletionService
from vibes.services.prompting.lora_cards import LoraCards
from vibes.services.prompting.loras import LoraService
from vibes.services.prompting.styles import StyleService
from vibes.services.prompting.wildcard_folder import WildcardFolder
from vibes.services.prompting.wording import PromptWording


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptingRoom:
    styles: StyleService
    wildcards: WildcardFolder
    wording: PromptWording
    completion: CompletionService
    cards: LoraCards
    loras: LoraService


def prompting_room(ground: Ground) -> PromptingRoom:
    base = ground.base
    styles = StyleService(base.storage, base.clock, base.settings.undo_window)
    wildcards = WildcardFolder(base.settings.data / "wildcards")
    cards = LoraCards(ground.media.decoding, base.clock)
    loras = LoraService(FleetShelves(ground.fleet.supervisor), cards)
    return PromptingRoom(
        cards=cards,
        loras=loras,
        styles=styles,
        wildcards=wildcards,
        wording=PromptWording(styles, wildcards),
        completion=CompletionService(base.storage, base.clock, loras, styles, wildcards),
    )
