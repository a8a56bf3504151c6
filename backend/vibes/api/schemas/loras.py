"""Answers of ``/api/loras``."""

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.domain.prompting.lora_card import in_prompt
from vibes.services.prompting.loras import Lora, LoraPage


class TriggerWordOut(ResponseBody):
    text: str
    insert: str = Field(description="As it stands in a prompt: parentheses are escaped where they would be weights.")
    count: int = Field(description="Pictures that it was trained on with this word; 0: its maker names it.")


class LoraCardOut(ResponseBody):
    """A LoRA, with what its file tells."""

    name: str = Field(description="As a request's `loras` take it.")
    nodes: list[str]
    family: str | None = Field(description="By the file itself, else by its name; null where neither tells.")
    told: bool = Field(
        description="False: no node has told yet what is in the file, and what follows is empty; ask again later."
    )
    title: str
    description: str
    trigger_words: list[TriggerWordOut] = Field(
        description="Those that its maker names, then those that it was trained with, the most frequent first."
    )
    thumbnail: str = Field(description="A small JPEG as a data URI, or empty.")

    @classmethod
    def of(cls, lora: Lora) -> "LoraCardOut":
        card = lora.card
        return cls(
            name=lora.name,
            nodes=sorted(lora.nodes),
            family=lora.family,
            told=card is not None,
            title=card.title if card else "",
            description=card.description if card else "",
            trigger_words=[
                TriggerWordOut(text=each.text, insert=in_prompt(each.text, lora.family), count=each.count)
                for each in card.trigger_words
            ]
            if card
            else [],
            thumbnail=card.thumbnail if card else "",
        )


class LoraCards(ResponseBody):
    loras: list[LoraCardOut] = Field(description="By name; those that are known to be of another family last.")
    total: int

    @classmethod
    def of(cls, page: LoraPage) -> "LoraCards":
        return cls(loras=[LoraCardOut.of(each) for each in page.loras], total=page.total)
