"""Completes what is being typed: from tags, files of the fleet, wildcards, styles and earlier prompts."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from vibes.domain.ids import OwnerId
from vibes.domain.prompting.completion import CompletionKind, Entry, Fragment, Index, completed, fragments
from vibes.domain.prompting.lora_card import in_prompt
from vibes.domain.prompting.style import Style, StyleKind
from vibes.domain.prompting.tags import tags
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.prompting.loras import Lora, LoraService
from vibes.services.prompting.styles import StyleService
from vibes.services.prompting.wildcard_folder import WildcardFolder
from vibes.text.folded_text import folded

AT_ONCE = 12
"""Completions of one answer."""
FRESH_SECONDS = 20.0
"""For so long what people have saved and written is not asked for again."""
_PROMPTS = 200
"""Earlier prompts whose phrases are proposed."""
_WORDS_OF_A_LORA = 8
_TAGS = object()
"""Of the shipped list, which stays the same."""
_PHRASE = 60
"""Characters of the longest phrase."""


@dataclass(frozen=True, slots=True)
class Completion:
    fragment: str
    """The end of the text that is replaced; empty where nothing is proposed."""
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class _Group:
    """Entries of one kind that come from one place."""

    made_of: object
    """The same object, or an equal one, as long as the entries are the same."""
    entries: Mapping[str | None, Index]
    """By family; None: whatever the family."""

    def of(self, family: str | None) -> Sequence[Index]:
        if family is None:
            return list(self.entries.values())
        return [index for each in (None, family) if (index := self.entries.get(each)) is not None]


class CompletionService:
    def __init__(
        self, storage: Storage, clock: Clock, loras: LoraService, styles: StyleService, wildcards: WildcardFolder
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._loras = loras
        self._styles = styles
        self._wildcards = wildcards
        self._groups: dict[CompletionKind, _Group] = {}
        self._asked: tuple[OwnerId | None, float] | None = None
        """Of whom people's words were asked for, and until when they count."""
        self._turn = asyncio.Lock()

    async def complete(self, text: str, family: str | None, owner: OwnerId | None) -> Completion:
        """``text``: what stands before the caret. ``family``: LoRAs of others are left out."""
        asked = [replaced(each) for each in fragments(text)]
        if not asked:
            return Completion("", ())
        async with self._turn:
            await self._renew(owner)
            groups = dict(self._groups)
        for fragment in asked:
            found = completed(fragment, lambda kind: groups[kind].of(family), AT_ONCE)
            if found:
                return Completion(fragment.text, found)
        return Completion("", ())

    async def _renew(self, owner: OwnerId | None) -> None:
        now = self._clock.monotonic()
        if self._asked is None or self._asked[0] != owner or self._asked[1] < now:
            for kind, entries in (await self._people(owner)).items():
                await self._put(kind, entries, partial(_of_any, entries))
            self._asked = owner, now + FRESH_SECONDS
        loras, embeddings = self._loras.known(), self._loras.embeddings()
        await self._put(CompletionKind.LORA, loras, partial(_by_family, loras, _of_lora))
        await self._put(CompletionKind.TRIGGER, loras, partial(_by_family, loras, _trigger_words))
        await self._put(CompletionKind.EMBEDDING, embeddings, lambda: _of_any(map(_of_embedding, embeddings)))
        await self._put(CompletionKind.TAG, _TAGS, lambda: _of_any(map(_of_tag, tags())))

    async def _put(
        self, kind: CompletionKind, made_of: object, make: Callable[[], Mapping[str | None, Sequence[Entry]]]
    ) -> None:
        """Sorting a hundred thousand names takes a second: not in the event loop."""
        known = self._groups.get(kind)
        if known is None or (known.made_of is not made_of and known.made_of != made_of):
            self._groups[kind] = await asyncio.to_thread(lambda: _Group(made_of, _indexes(make())))

    async def _people(self, owner: OwnerId | None) -> Mapping[CompletionKind, Sequence[Entry]]:
        lists = await self._wildcards.all()
        styles = [_of_style(each) for each in await self._styles.all(owner)]
        past = await self._storage.prompts.history("", owner, limit=_PROMPTS)
        return {
            CompletionKind.WILDCARD: [
                _entry(CompletionKind.WILDCARD, each.name, f"__{each.name}__", f"{len(each.entries)} entries")
                for each in lists
            ],
            CompletionKind.STYLE: [each for each in styles if each.kind is CompletionKind.STYLE],
            CompletionKind.CHARACTER: [each for each in styles if each.kind is CompletionKind.CHARACTER],
            CompletionKind.HISTORY: _phrases(each.prompt for each in past),
        }


def replaced(fragment: Fragment) -> Fragment:
    """The fragment, searched for as texts are folded here."""
    return Fragment(fragment.text, fragment.kinds, folded(fragment.wanted))


def _entry(kind: CompletionKind, text: str, insert: str, hint: str = "") -> Entry:
    return Entry(kind, text, insert, folded(text), hint)


def _of_style(style: Style) -> Entry:
    kind = CompletionKind.CHARACTER if style.kind is StyleKind.CHARACTER else CompletionKind.STYLE
    return _entry(kind, style.name, style.name, style.text[:_PHRASE])


def _indexes(groups: Mapping[str | None, Sequence[Entry]]) -> Mapping[str | None, Index]:
    return {family: Index(entries) for family, entries in groups.items()}


def _of_any(entries: Iterable[Entry]) -> Mapping[str | None, Sequence[Entry]]:
    return {None: list(entries)}


def _of_tag(tag: str) -> Entry:
    return _entry(CompletionKind.TAG, tag, tag)


def _by_family(
    loras: Sequence[Lora], entries_of: Callable[[Lora], Iterable[Entry]]
) -> Mapping[str | None, Sequence[Entry]]:
    found: dict[str | None, list[Entry]] = {}
    for lora in sorted(loras, key=lambda each: each.name):
        found.setdefault(lora.family, []).extend(entries_of(lora))
    return found


def _of_lora(lora: Lora) -> Iterable[Entry]:
    yield _entry(CompletionKind.LORA, _stem(lora.name), lora.name, lora.family or "")


def _trigger_words(lora: Lora) -> Iterable[Entry]:
    """Those that were read."""
    for word in lora.card.trigger_words[:_WORDS_OF_A_LORA] if lora.card else ():
        yield _entry(CompletionKind.TRIGGER, word.text, in_prompt(word.text, lora.family), _stem(lora.name))


def _of_embedding(name: str) -> Entry:
    return _entry(CompletionKind.EMBEDDING, _stem(name), f"embedding:{_stem(name)}")


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix in {".safetensors", ".pt", ".bin", ".ckpt"} else name


def _is_whole(phrase: str) -> bool:
    return all(phrase.count(opening) == phrase.count(closing) for opening, closing in ("()", "[]", "{}"))


def _phrases(prompts: Iterable[str]) -> list[Entry]:
    """What stands between commas, the most used first, without what a comma within brackets tears apart."""
    count: Counter[str] = Counter()
    for prompt in prompts:
        parts = {" ".join(part.split()) for part in prompt.split(",")}
        count.update(phrase for phrase in parts if 0 < len(phrase) <= _PHRASE and _is_whole(phrase))
    return [_entry(CompletionKind.HISTORY, phrase, phrase) for phrase, _ in count.most_common(2_000)]
