"""Completes what is being typed: from tags, files of the fleet, wildcards, styles and earlier prompts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from vibes.domain.ids import OwnerId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.prompting.completion import CompletionKind, Entry, Fragment, completed, fragments
from vibes.domain.prompting.style import Style, StyleKind
from vibes.domain.prompting.tags import tags
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.services.fleet.shelves import FleetShelves
from vibes.services.prompting.styles import StyleService
from vibes.services.prompting.wildcard_folder import WildcardFolder
from vibes.text.folded_text import folded
from vibes.workflows.models.file_families import guess_file

AT_ONCE = 12
"""Completions of one answer."""
FRESH_SECONDS = 20.0
"""For so long what people have saved and written is not asked for again."""
_PROMPTS = 200
"""Earlier prompts whose phrases are proposed."""
_PHRASE = 60
"""Characters of the longest phrase."""


@dataclass(frozen=True, slots=True)
class Completion:
    fragment: str
    """The end of the text that is replaced; empty where nothing is proposed."""
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What people have saved and written, as it was a moment ago."""

    owner: OwnerId | None
    until: float
    entries: Sequence[Entry]


class CompletionService:
    def __init__(
        self, storage: Storage, clock: Clock, shelves: FleetShelves, styles: StyleService, wildcards: WildcardFolder
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._shelves = shelves
        self._styles = styles
        self._wildcards = wildcards
        self._kept: _Kept | None = None
        self._files: tuple[object, Sequence[Entry]] | None = None
        self._tags: Sequence[Entry] = ()

    async def complete(self, text: str, family: str | None, owner: OwnerId | None) -> Completion:
        """``text``: what stands before the caret. ``family``: LoRAs of others are left out."""
        asked = [replaced(each) for each in fragments(text)]
        if not asked:
            return Completion("", ())
        entries = [*await self._people(owner), *self._fleet(family), *self._words()]
        for fragment in asked:
            found = completed(fragment, entries, AT_ONCE)
            if found:
                return Completion(fragment.text, found)
        return Completion("", ())

    async def _people(self, owner: OwnerId | None) -> Sequence[Entry]:
        now = self._clock.monotonic()
        kept = self._kept
        if kept is None or kept.owner != owner or kept.until < now:
            lists = await self._wildcards.all()
            entries = [
                _entry(CompletionKind.WILDCARD, each.name, f"__{each.name}__", f"{len(each.entries)} entries")
                for each in lists
            ]
            entries += map(_of_style, await self._styles.all(owner))
            past = await self._storage.prompts.history("", owner, limit=_PROMPTS)
            entries += _phrases(each.prompt for each in past)
            kept = self._kept = _Kept(owner, now + FRESH_SECONDS, entries)
        return kept.entries

    def _fleet(self, family: str | None) -> Iterable[Entry]:
        state = self._shelves.state()
        if self._files is None or self._files[0] is not state:
            shelf = self._shelves.all()
            embeddings = [_of_embedding(name) for name in sorted(shelf[ModelFolder.EMBEDDINGS])]
            self._files = state, [*embeddings, *map(_of_lora, sorted(shelf[ModelFolder.LORAS]))]
        known = {None, "", family}
        return [
            each
            for each in self._files[1]
            if family is None or each.kind is not CompletionKind.LORA or each.hint in known
        ]

    def _words(self) -> Sequence[Entry]:
        if not self._tags:
            self._tags = [_entry(CompletionKind.TAG, tag, tag) for tag in tags()]
        return self._tags


def replaced(fragment: Fragment) -> Fragment:
    """The fragment, searched for as texts are folded here."""
    return Fragment(fragment.text, fragment.kinds, folded(fragment.wanted))


def _entry(kind: CompletionKind, text: str, insert: str, hint: str = "") -> Entry:
    return Entry(kind, text, insert, folded(text), hint)


def _of_style(style: Style) -> Entry:
    kind = CompletionKind.CHARACTER if style.kind is StyleKind.CHARACTER else CompletionKind.STYLE
    return _entry(kind, style.name, style.name, style.text[:_PHRASE])


def _of_lora(name: str) -> Entry:
    return _entry(CompletionKind.LORA, _stem(name), name, guess_file(name).family or "")


def _of_embedding(name: str) -> Entry:
    return _entry(CompletionKind.EMBEDDING, _stem(name), f"embedding:{_stem(name)}")


def _stem(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix in {".safetensors", ".pt", ".bin", ".ckpt"} else name


def _phrases(prompts: Iterable[str]) -> list[Entry]:
    """What stands between commas, the most used first."""
    count: Counter[str] = Counter()
    for prompt in prompts:
        count.update(
            {phrase for part in prompt.split(",") if len(phrase := " ".join(part.split())) <= _PHRASE and phrase}
        )
    return [_entry(CompletionKind.HISTORY, phrase, phrase) for phrase, _ in count.most_common(2_000)]
