"""A few words of feedback as a term in the language of the prompt: without articles and fillers, translated."""

import re
from functools import cache

from vibes.domain.refinement.rules.lexicon.qualities import COUNTS, SYNONYMS
from vibes.domain.refinement.rules.vocabulary import LONGEST, vocabulary
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, folded, key_of, plural_of, singular_of, words_of

_ARTICLES = {
    ENGLISH: "a an the some any his her its their of more this that these those",
    GERMAN: "der die das den dem des ein eine einen einem einer eines ihr ihre ihren sein seine seinen etwas einige "
    "dieser diese dieses diesen",
    FRENCH: "le la les l un une des du de d son sa ses leur au aux cette ce ces quelques",
}
_FILLERS = {
    ENGLISH: "please pls maybe perhaps somehow just also really very much a_bit a_little a_tad tad a_touch "
    "though thanks thank_you "
    "in_the_picture in_the_image in_this_picture in_here again now overall everywhere there a_few a_couple_of lots_of "
    "a_lot_of plenty_of tons_of instead kind_of sort_of slightly "
    "and too_please i_think but so well then",
    GERMAN: "bitte ein_paar vielleicht irgendwie auch noch sehr ein_bisschen etwas danke im_bild auf_dem_bild "
    "überall jetzt "
    "eher lieber und aber dann mal doch",
    FRENCH: "un_tas_de plein_de s'il_te_plaît s'il_vous_plaît stp svp peut-être aussi encore très un_peu merci "
    "dans_l'image sur_l'image "
    "partout maintenant plutôt et mais alors ici juste seulement simplement surtout",
}
_FILLER = {
    language: re.compile(
        r"(?:^|(?<=\s))(?:" + "|".join(re.escape(word).replace("_", r"\s+") for word in words.split()) + r")(?=\s|$|,)",
        re.IGNORECASE,
    )
    for language, words in _FILLERS.items()
}
_ARTICLE = {language: frozenset(words.split()) for language, words in _ARTICLES.items()}
_BETWEEN = frozenset(
    "in on over under behind beside at between with without in_front_of above below near and to".replace(
        "_", " "
    ).split()
)


@cache
def _qualifying() -> frozenset[str]:
    """Nouns that stand before another one in English: "winter forest". Told when first asked for: a hub that refines
    nothing does without the vocabulary."""
    return vocabulary().materials | frozenset(vocabulary().exclusive)


def term_of(text: str, language: str, prompt_language: str) -> str:
    """Its words as the prompt would have them; empty where nothing is left but fillers."""
    bare = bared(text, language)
    if language in {prompt_language, ENGLISH}:
        lower = bare.lower()
        return SYNONYMS.get(lower, bare)
    return translated(bare, language)


def bared(text: str, language: str) -> str:
    """Without fillers anywhere and articles at the front."""
    text = " ".join(text.strip(" ,.;:!?\"'“”„…").split())
    before = None
    while before != text:
        before = text
        edges = [each for each in _FILLER[language].finditer(text) if each.start() == 0 or each.end() == len(text)]
        for found in reversed(edges):
            text = (text[: found.start()] + text[found.end() :]).strip(" ,")
        text = _without_article(text, language)
    return text


def _without_article(text: str, language: str) -> str:
    found = re.match(r"([^\W\d_]+)(?:\s+|['’])(?=\S)", text)
    if found is not None and folded(found[1]) in _ARTICLE[language]:
        return text[found.end() :]
    return text


def translated(text: str, language: str) -> str:
    """Into English, word by word, the longest entries first; what is not in the lexicon stays as it is."""
    words = words_of(text, language)
    said = [text[each.start : each.end] for each in words]
    result: list[str] = []
    at = 0
    while at < len(words):
        length, english = _longest(language, said[at : at + LONGEST])
        if language == FRENCH and singular_of(english or "") in _qualifying() and result and _is_of(said, at):
            result.insert(len(result) - 1, singular_of(english or ""))
            at += length
            continue
        if language == FRENCH and english is None and said[at].lower() in {"plus", "qui"}:
            at += 1
            continue
        if english is None and folded(said[at]) in _ARTICLE[language]:
            if result and result[-1] in _BETWEEN:
                result.append("the")
        elif english is None:
            result.append(said[at])
        else:
            result.append(english)
        at += max(length, 1)
    while result and result[0] == "the":
        result.pop(0)
    return " ".join(_in_the_plural(_in_english_order(result, language)))


def _in_the_plural(words: list[str]) -> list[str]:
    """The noun behind a number: many German plurals are their singular too."""
    known = vocabulary()
    result = list(words)
    for at, word in enumerate(words):
        noun = next((on for on in range(at + 1, len(words)) if not known.is_attribute(words[on])), None)
        if word in COUNTS - {"one"} and noun is not None and words[noun] not in _BETWEEN:
            result[noun] = plural_of(words[noun])
    return result


def _in_its_number(said: list[str], language: str, english: str | None) -> str | None:
    """In French the plural tells itself: "épaule" is "shoulder" where only "épaules" is known."""
    if english is None or language != FRENCH or len(said) > 1 or vocabulary().is_attribute(english):
        return english
    word, exact = said[0].lower(), vocabulary().exact[FRENCH]
    if any(f"{word}{ending}" in exact for ending in "sx"):
        return singular_of(english)
    return plural_of(english) if word.endswith(("s", "x")) and word[:-1] in exact else english


def _is_of(said: list[str], at: int) -> bool:
    """ "forêt d'hiver", "pont de pierre": what stands here is what sort of thing stood before."""
    return said[at].lower().startswith(("d'", "d’")) or (at > 0 and folded(said[at - 1]) == "de")


def _longest(language: str, said: list[str]) -> tuple[int, str | None]:
    """How many of these words an entry takes, and what it is in English."""
    words = vocabulary()
    keys = tuple(key_of(each, language) for each in said)
    quality = words.translations[language].get(keys[:1], "") if language == GERMAN and said[0].islower() else ""
    if words.is_attribute(quality):
        return 1, quality  # "junge" is young, and only "Junge" a boy
    for length in range(len(said), 0, -1):
        found = words.exact[language].get(" ".join(said[:length]).lower())
        found = found or _in_its_number(said[:length], language, words.translations[language].get(keys[:length]))
        if found:
            return length, found
    return 0, None


def _in_english_order(words: list[str], language: str) -> list[str]:
    """In French most adjectives follow their noun."""
    if language != FRENCH:
        return words
    known = vocabulary()
    ordered = list(words)
    for at in range(1, len(ordered)):
        here, before = ordered[at], ordered[at - 1]
        if known.is_attribute(here) and not known.is_attribute(before) and before not in {*_BETWEEN, "the"}:
            ordered[at - 1], ordered[at] = here, before
    return ordered
