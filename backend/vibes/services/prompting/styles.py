"""Styles and characters: kept, changed, deleted and brought back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from vibes.domain.errors import ChangedMeanwhile, InvalidRequest, NotFound, Problem
from vibes.domain.generation import Generation
from vibes.domain.ids import GenerationId, OwnerId, StyleId, new_style_id
from vibes.domain.pictures.spec import LoraSpec
from vibes.domain.prompting.style import MOST_APPLIED, Style, StyleKind
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.text.folded_text import folded
from vibes.text.near_names import near_name_hint

MOST_STYLES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleContent:
    """What a person says of a style."""

    name: str
    kind: StyleKind
    text: str
    negative_prompt: str
    loras: tuple[LoraSpec, ...]
    checkpoint: str | None
    thumbnail: GenerationId | None


class StyleService:
    def __init__(self, storage: Storage, clock: Clock, undo_window: timedelta) -> None:
        self._storage = storage
        self._clock = clock
        self._undo_window = undo_window

    async def all(self, owner: OwnerId | None) -> Sequence[Style]:
        """By name: everybody's, and those of the owner."""
        return await self._storage.styles.all(owner)

    async def get(self, style_id: StyleId) -> Style:
        style = await self._storage.styles.get(style_id)
        if style is None:
            raise _unknown(style_id)
        return style

    async def create(self, content: StyleContent, owner: OwnerId | None) -> Style:
        """Raises Conflict for a name that is taken, and NotFound for a thumbnail that is no picture."""
        await self._check_thumbnail(content)
        now = self._clock.now()
        style = _with(Style(id=new_style_id(), created_at=now, updated_at=now, owner=owner), content)
        await self._storage.styles.add(style, most=MOST_STYLES)
        return style

    async def change(self, style_id: StyleId, content: StyleContent, *, seen: int | None = None) -> Style:
        """Replace all of it. Raises ChangedMeanwhile when its version is no longer ``seen``."""
        await self._check_thumbnail(content)

        def changed(style: Style) -> Style:
            if seen is not None and seen != style.version:
                message = f"the style {style.name!r} was changed meanwhile: its version is {style.version} now"
                raise ChangedMeanwhile(message, code="style_changed")
            after = _with(style, content)
            return style if after == style else replace(after, version=style.version + 1, updated_at=self._clock.now())

        style = await self._storage.styles.change(style_id, changed)
        if style is None:
            raise _unknown(style_id)
        return style

    async def delete(self, style_id: StyleId) -> None:
        """`restore` brings it back within the undo window. Pictures drawn with it keep its name."""
        now = self._clock.now()
        if not await self._storage.styles.set_aside(style_id, at=now, delete_after=now + self._undo_window):
            raise _unknown(style_id)

    async def restore(self, style_id: StyleId) -> Style:
        """Raises Conflict when its name is taken meanwhile."""
        if not await self._storage.styles.restore(style_id, at=self._clock.now()):
            raise NotFound(f"there is no deleted style {style_id} to bring back", code="unknown_style")
        return await self.get(style_id)

    async def named(self, names: Sequence[str], owner: OwnerId | None) -> tuple[Style, ...]:
        """Those of these ids or names, in this order. Raises InvalidRequest with near names."""
        if not names:
            return ()
        if len(names) > MOST_APPLIED:
            raise _invalid(f"at most {MOST_APPLIED} styles can be laid over a prompt, not {len(names)}")
        known = await self.all(owner)
        by_name = {folded(each.name): each for each in known if each.owner is None}
        by_name |= {folded(each.name): each for each in known if each.owner is not None}
        by_id = {each.id: each for each in known}
        found = dict.fromkeys(
            _found(name, by_id.get(StyleId(name)) or by_name.get(folded(name)), known) for name in names
        )
        return tuple(found)

    async def pictures(self, styles: Sequence[Style]) -> Mapping[StyleId, Generation]:
        """The generations that show them, as far as there are any."""
        shown = [(each.id, each.thumbnail) for each in styles if each.thumbnail is not None]
        found = await asyncio.gather(*(self._storage.generations.get(thumbnail) for _, thumbnail in shown))
        return {style_id: each for (style_id, _), each in zip(shown, found, strict=True) if each is not None}

    async def _check_thumbnail(self, content: StyleContent) -> None:
        shown = content.thumbnail
        if shown is not None and await self._storage.generations.status(shown) is None:
            raise NotFound(f"there is no generation {shown}", code="unknown_generation")


def _with(style: Style, content: StyleContent) -> Style:
    return replace(
        style,
        name=content.name,
        kind=content.kind,
        text=content.text,
        negative_prompt=content.negative_prompt,
        loras=content.loras,
        checkpoint=content.checkpoint,
        thumbnail=content.thumbnail,
    )


def _found(name: str, style: Style | None, known: Sequence[Style]) -> Style:
    if style is None:
        raise _invalid(f"there is no style {name!r}{near_name_hint(name, [each.name for each in known])}")
    return style


def _invalid(message: str) -> InvalidRequest:
    return InvalidRequest(message, code="unknown_style", problems=[Problem("styles", message)])


def _unknown(style_id: StyleId) -> NotFound:
    return NotFound(f"there is no style {style_id}", code="unknown_style")
