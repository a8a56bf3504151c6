"""The prompt that feedback is about, and how it says things."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vibes.domain.refinement.rules.lexicon.qualities import NEAR
from vibes.domain.refinement.rules.vocabulary import keys_of, vocabulary
from vibes.domain.refinement.words import ENGLISH, GERMAN, holds, places, stem_of, words_of

_LEADS_WORDS = (
    "a an the his her its their in on at with of and by near under over behind wearing from to as der die das den dem "
    "ein eine einen einem einer im am mit auf und le la les un une des du de et avec sur dans"
)
_ENDINGS = {"der": "er", "den": "er", "die": "e", "das": "es"}
"""Of an adjective without an article, by the article of its noun."""
_LEADS = frozenset(_LEADS_WORDS.split())


@dataclass(frozen=True, slots=True)
class Known:
    phrases: Sequence[str]
    language: str = ENGLISH
    genders: Mapping[str, str] = field(default_factory=dict)
    """By German noun in small letters: the article that feedback has with it."""

    def holds(self, term: str) -> bool:
        return any(holds(term, each, self.language) for each in self.phrases)

    def as_it_stands(self, term: str) -> str:
        """How the prompt says it."""
        for phrase in self.phrases:
            for start, end in places(term, phrase, self.language):
                return phrase[start:end]
        return term

    def related(self, term: str) -> str:
        """Words of the prompt that have the stems of the term's: "wooden" for "wood"; empty where there are none."""
        wanted = [stem_of(word.key) for word in words_of(term, self.language)]
        if not wanted or self.language != ENGLISH:
            return ""
        for phrase in self.phrases:
            words = words_of(phrase)
            stems = [stem_of(word.key) for word in words]
            for at in range(len(words) - len(wanted) + 1):
                if stems[at : at + len(wanted)] == wanted:
                    return phrase[words[at].start : words[at + len(wanted) - 1].end]
        return ""

    def inflected(self, adjective: str, noun: str) -> str:
        """A German adjective before its noun, as the article of that wants it where one was said; what has an ending
        already stays."""
        if self.language != GERMAN or adjective.lower() not in vocabulary().exact[GERMAN]:
            return adjective
        return f"{adjective}{_ENDINGS.get(self.genders.get(noun.lower(), ''), '')}"

    def alike(self, term: str) -> str:
        """Another word of the prompt that means the same; the term itself where there is none."""
        near = [other for group in NEAR if term.lower() in group for other in sorted(group)]
        near += sorted(vocabulary().alike.get(term.lower(), ()))
        return next((other for other in near if self.holds(other)), term)

    def attribute(self, word: str) -> str:
        """The English colour, material, quality or number that a word of the prompt's language is; empty where it is
        none."""
        english = self.english(word)
        return english if vocabulary().is_attribute(english) else ""

    def english(self, word: str) -> str:
        """A word of the prompt's language in English; empty where it is not known."""
        if self.language == ENGLISH:
            return word.lower()
        words = vocabulary()
        found = words.exact[self.language].get(word.lower())
        return found or words.translations[self.language].get(keys_of(word, self.language), "")

    def words_before(self, term: str) -> list[str]:
        """What belongs to it before its first place: adjectives, and nouns as in "school uniform"."""
        for before, _ in self._around(term):
            led = [at for at, word in enumerate(before) if word.lower() in _LEADS or word.endswith("ing")]
            return before[led[-1] + 1 :] if led else before
        return []

    def attributes_before(self, term: str) -> list[str]:
        """The adjectives that stand directly before its first place, in order."""
        for before, _ in self._around(term):
            led = [at for at, word in enumerate(before) if word.lower() in _LEADS]
            between = before[led[-1] + 1 :] if led else before
            first = next((at for at, word in enumerate(between) if self.attribute(word)), None)
            return [] if first is None else between[first:]
        return []

    def attributes_after(self, term: str) -> list[str]:
        """The adjectives that stand directly behind its first place, as they do in French."""
        for _, after in self._around(term):
            end = next((at for at, word in enumerate(after) if not self.attribute(word)), len(after))
            return after[:end]
        return []

    def neighbours(self, term: str) -> tuple[str, str]:
        """The words before and after its first place; empty at the ends of a phrase."""
        for before, after in self._around(term):
            return (before[-1] if before else "", after[0] if after else "")
        return "", ""

    def runs(self) -> Iterator[str]:
        """Up to three words of a phrase that follow one another, the longest first."""
        for length in (3, 2, 1):
            for phrase in self.phrases:
                words = words_of(phrase, self.language)
                for at in range(len(words) - length + 1):
                    yield phrase[words[at].start : words[at + length - 1].end]

    def _around(self, term: str) -> Iterator[tuple[list[str], list[str]]]:
        for phrase in self.phrases:
            for start, end in places(term, phrase, self.language):
                words = words_of(phrase, self.language)
                yield (
                    [phrase[each.start : each.end] for each in words if each.end <= start],
                    [phrase[each.start : each.end] for each in words if each.start >= end],
                )
