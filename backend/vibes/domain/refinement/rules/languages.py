"""Which language a text is in, by its small words."""

from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, folded, key_of, words_of

_SMALL_WORDS = {
    ENGLISH: "the a an of with and is are in on at it but not no more less without please make should i like "
    "too keep "
    "to add remove her his instead by there be this some little bit he she they we you i has have had was were "
    "do does "
    "did would could can want need get give let put from out off all him them what why where",
    GERMAN: "der die das den dem des ein eine einen einem einer und mit ohne ist sind nicht kein keine keinen mehr "
    "weniger bitte soll sollen sollte aber auch im am zu zur zum statt anstelle mach mache ich mir es sie er weg als "
    "von auf dafür lieber noch behalte etwas viel so alles außer anstatt lass ersetze entferne bisschen weniger "
    "ändere in",
    FRENCH: "le la les un une des du de et avec sans est sont pas plus moins mais dans sur au aux en je il elle ce "
    "cette trop peu doit devrait lieu place garde ajoute enlève enlever supprime remplace très ni ne aucun tout sauf "
    "assez comme aime adore je on tu veux voudrais aimerais voit dirait faut faudrait serait fais rends "
    "donne soit",
}
_SIGNS = {GERMAN: "äöüß", FRENCH: "éèêëàâçîïôûùœ"}
_ELIDED = 2
"""Most letters of a French article or pronoun before its apostrophe."""
SMALL_WORDS = _BY_WORD = {
    language: frozenset(folded(word) for word in words.split()) for language, words in _SMALL_WORDS.items()
}


def language_of(text: str, known: dict[str, frozenset[str]] | None = None) -> str:
    """English where nothing speaks for another one. ``known``: further words that speak for a language; where small
    words tell nothing, the language counts whose lexicon has most of them."""
    words = [part for word in words_of(text) for part in _parts(folded(text[word.start : word.end]))]
    scores = {language: sum(_score(word, language, known or {}) for word in words) for language in _BY_WORD}
    for language, signs in _SIGNS.items():
        scores[language] += any(sign in signs for sign in text.casefold())
    most = max(scores.values())
    equal = [language for language, score in scores.items() if score == most]
    known_of = {each: sum(key_of(word, each) in (known or {}).get(each, ()) for word in words) for each in equal}
    return max(equal, key=lambda language: (known_of[language], language == ENGLISH))


def clause_language(clause: str, whole: str, known: dict[str, frozenset[str]]) -> str:
    """Its own where it speaks for one, and else that of the ``whole`` text: people mix them."""
    words = [part for word in words_of(clause) for part in _parts(folded(clause[word.start : word.end]))]
    own = language_of(clause, known)
    if own == whole:
        return whole
    scores = {language: sum(_score(word, language, known) for word in words) for language in _BY_WORD}
    signs = any(sign in _SIGNS.get(own, "") for sign in clause.casefold())
    return own if scores[own] + signs > scores[whole] else whole


def speaks_for(text: str, language: str) -> bool:
    """A small word of it is there."""
    return any(folded(text[word.start : word.end]) in _BY_WORD[language] for word in words_of(text))


def _score(word: str, language: str, known: dict[str, frozenset[str]]) -> int:
    return 2 * (word in _BY_WORD[language]) + (key_of(word, language) in known.get(language, ()))


def _parts(word: str) -> list[str]:
    """``l'eau`` is two words."""
    first, apostrophe, rest = word.partition("'")
    return [first, rest] if apostrophe and len(first) <= _ELIDED else [word]
