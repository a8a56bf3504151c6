"""Reads what a LoRA's file says in its header, as ``/view_metadata`` hands it out: written by trainers and by anybody.

Kohya's scripts write ``ss_…``, the ModelSpec of Stability AI ``modelspec.…``; all values are texts, some of them JSON.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from vibes.domain.prompting.lora_card import LoraCard, TriggerWord
from vibes.text.json_text import without_halves
from vibes.text.plain_text import shortened

MOST_WORDS = 40
LONGEST_WORD = 100
_LONGEST_TITLE = 200
_LONGEST_DESCRIPTION = 2_000
LONGEST_THUMBNAIL = 700_000
"""Characters of a data URI, which are half a megabyte of picture."""

_BASES = ("modelspec.architecture", "ss_base_model_version", "ss_sd_model_name")
_HASHES = ("sshs_model_hash", "modelspec.hash_sha256")
"""Both of the tensors alone, so that the header may change (kohya-ss/sd-scripts and ModelSpec 1.0.0)."""
_SHA256 = re.compile(r"(?:0x)?([0-9a-f]{64})")
_REPEATS = re.compile(r"^\d+_")
"""Kohya's folders: how often a picture is repeated, then the concept."""
_NO_CONCEPT = frozenset({"", "img", "images", "dataset", "data", "train"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TAGS = re.compile(r"<[^>]{0,200}>")
_HIGHEST_COUNT = 10**9


def read_lora_card(metadata: object) -> LoraCard:
    """Whatever of it makes sense; an empty card where nothing does."""
    told = metadata if isinstance(metadata, Mapping) else {}
    named = _named(told)
    counted = _counted(told)
    words = dict.fromkeys((*named, *(word for word, _ in counted.most_common())))
    return LoraCard(
        title=_text(told.get("modelspec.title")) or _text(told.get("ss_output_name")),
        description=_text(told.get("modelspec.description"), _LONGEST_DESCRIPTION),
        bases=tuple(base for key in _BASES if (base := _text(told.get(key)))),
        trigger_words=tuple(TriggerWord(word, counted[word]) for word in list(words)[:MOST_WORDS]),
        hash=next((found for key in _HASHES if (found := _hash(told.get(key)))), ""),
        thumbnail=_thumbnail(told.get("modelspec.thumbnail")),
    )


def _named(told: Mapping[str, object]) -> list[str]:
    """By its maker."""
    phrase = told.get("modelspec.trigger_phrase")
    return [word for part in re.split(r"[,;\n]", phrase) if (word := _word(part))] if isinstance(phrase, str) else []


def _counted(told: Mapping[str, object]) -> Counter[str]:
    """Captions of all data sets; of one without captions its concept, which was trained instead."""
    count: Counter[str] = Counter()
    for folder, tags in _datasets(told.get("ss_tag_frequency")):
        found: Counter[str] = Counter()
        for word, times in _tags(tags):
            found[word] += times
        concept = _word(_REPEATS.sub("", folder))
        if tags == {} and concept.lower() not in _NO_CONCEPT:
            found[concept] = 1
        count.update(found)
    return Counter(dict(sorted(count.items())))  # equals in the order of the alphabet


def _datasets(frequency: object) -> Iterator[tuple[str, object]]:
    """Some programs write the JSON itself instead of its text."""
    if isinstance(frequency, str):
        try:
            frequency = json.loads(without_halves(frequency))
        except (ValueError, RecursionError):
            return
    if isinstance(frequency, Mapping):
        yield from ((str(folder), tags) for folder, tags in frequency.items())


def _tags(tags: object) -> Iterator[tuple[str, int]]:
    if not isinstance(tags, Mapping):
        return
    for tag, times in tags.items():
        word = _word(tag)
        if word and isinstance(times, int) and not isinstance(times, bool) and 0 < times <= _HIGHEST_COUNT:
            yield word, times


def _word(value: object) -> str:
    """Empty where it cannot be a word of a prompt."""
    if not isinstance(value, str) or len(value) > 4 * LONGEST_WORD:
        return ""
    word = " ".join(_CONTROL.sub(" ", value).split()).strip(" ,")
    return word if len(word) <= LONGEST_WORD else ""


def _text(value: object, longest: int = _LONGEST_TITLE) -> str:
    """Without tags: sites write HTML into descriptions."""
    if not isinstance(value, str):
        return ""
    plain = " ".join(_CONTROL.sub(" ", _TAGS.sub(" ", value[: 4 * longest])).split())
    return "" if plain.lower() in {"none", "null"} else shortened(plain, longest)


def _hash(value: object) -> str:
    found = _SHA256.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    return found[1] if found else ""


def _thumbnail(value: object) -> str:
    is_picture = isinstance(value, str) and len(value) <= LONGEST_THUMBNAIL and value[:11].lower() == "data:image/"
    return str(value) if is_picture else ""
