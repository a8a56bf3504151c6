"""What prompts are made with: styles, wildcards, earlier prompts, completion, LoRAs."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.prompts import (
    Completions,
    LoraCard,
    LoraPage,
    PastPrompt,
    PastPromptPage,
    Style,
    StyleDraft,
    StylePage,
    Wildcard,
    WildcardPage,
    WildcardSummary,
)

_STYLES, _WILDCARDS, _LORAS = "/api/styles", "/api/wildcards", "/api/loras"


class AsyncPrompts:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def styles(self) -> Sequence[Style]:
        """Styles and characters that are saved, by name."""
        return (await self._transport.value(StylePage, get(_STYLES))).styles

    async def save_style(self, draft: StyleDraft, *, style_id: str | None = None) -> Style:
        """A new one or, with ``style_id``, all of that one. Raises HubRefused `name_taken`."""
        path, method = (_STYLES, "POST") if style_id is None else (_of_style(style_id), "PUT")
        call = Call(method=method, path=path, body=draft.body(), repeatable=style_id is not None)
        return await self._transport.value(Style, call)

    async def delete_style(self, style_id: str) -> None:
        """`restore_style` brings it back within the undo window."""
        await self._transport.content(Call(method="DELETE", path=_of_style(style_id), repeatable=False))

    async def restore_style(self, style_id: str) -> Style:
        call = Call(method="POST", path=f"{_of_style(style_id)}/restore", repeatable=False)
        return await self._transport.value(Style, call)

    async def wildcards(self) -> Sequence[WildcardSummary]:
        return (await self._transport.value(WildcardPage, get(_WILDCARDS))).wildcards

    async def wildcard(self, name: str) -> Wildcard:
        return await self._transport.value(Wildcard, get(_of_wildcard(name)))

    async def put_wildcard(self, name: str, entries: Sequence[str]) -> Wildcard:
        """Make the list, or replace what it holds. Raises InvalidRequest that names each wrong entry."""
        body = {"entries": list(entries)}
        return await self._transport.value(
            Wildcard, Call(method="PUT", path=_of_wildcard(name), body=body, repeatable=True)
        )

    async def delete_wildcard(self, name: str) -> Wildcard:
        """Answers what it held, which `put_wildcard` brings back."""
        return await self._transport.value(Wildcard, Call(method="DELETE", path=_of_wildcard(name), repeatable=False))

    async def history(self, search: str = "", *, limit: int = 50) -> Sequence[PastPrompt]:
        """What was drawn with before and holds all these words, newest first, each once."""
        page = await self._transport.value(PastPromptPage, get("/api/prompts", search=search, limit=limit))
        return page.prompts

    async def complete(self, text: str, *, family: str | None = None) -> Completions:
        """What may be meant by the end of a text."""
        query: dict[str, Any] = {"text": text, **({} if family is None else {"family": family})}
        return await self._transport.value(Completions, get("/api/complete", **query))

    async def loras(self, search: str = "", *, family: str | None = None, limit: int = 24, offset: int = 0) -> LoraPage:
        """LoRAs of the fleet with what their files tell; those of other families come last."""
        query = {"search": search, "limit": limit, "offset": offset, **({} if family is None else {"family": family})}
        return await self._transport.value(LoraPage, get(_LORAS, **query))

    async def lora(self, name: str) -> LoraCard:
        return await self._transport.value(LoraCard, get(f"{_LORAS}/{quote(name)}"))


class Prompts:
    """`AsyncPrompts` for callers without an event loop."""

    def __init__(self, prompts: AsyncPrompts, loop: BackgroundLoop) -> None:
        self._prompts = prompts
        self._loop = loop

    def styles(self) -> Sequence[Style]:
        return self._loop.run(self._prompts.styles())

    def save_style(self, draft: StyleDraft, *, style_id: str | None = None) -> Style:
        return self._loop.run(self._prompts.save_style(draft, style_id=style_id))

    def delete_style(self, style_id: str) -> None:
        self._loop.run(self._prompts.delete_style(style_id))

    def restore_style(self, style_id: str) -> Style:
        return self._loop.run(self._prompts.restore_style(style_id))

    def wildcards(self) -> Sequence[WildcardSummary]:
        return self._loop.run(self._prompts.wildcards())

    def wildcard(self, name: str) -> Wildcard:
        return self._loop.run(self._prompts.wildcard(name))

    def put_wildcard(self, name: str, entries: Sequence[str]) -> Wildcard:
        return self._loop.run(self._prompts.put_wildcard(name, entries))

    def delete_wildcard(self, name: str) -> Wildcard:
        return self._loop.run(self._prompts.delete_wildcard(name))

    def history(self, search: str = "", *, limit: int = 50) -> Sequence[PastPrompt]:
        return self._loop.run(self._prompts.history(search, limit=limit))

    def complete(self, text: str, *, family: str | None = None) -> Completions:
        return self._loop.run(self._prompts.complete(text, family=family))

    def loras(self, search: str = "", *, family: str | None = None, limit: int = 24, offset: int = 0) -> LoraPage:
        return self._loop.run(self._prompts.loras(search, family=family, limit=limit, offset=offset))

    def lora(self, name: str) -> LoraCard:
        return self._loop.run(self._prompts.lora(name))


def _of_style(style_id: str) -> str:
    return f"{_STYLES}/{quote(style_id, safe='')}"


def _of_wildcard(name: str) -> str:
    return f"{_WILDCARDS}/{quote(name)}"
