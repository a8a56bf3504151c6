"""One clause of feedback to the wish that it is: which pattern fits, and what it takes over from the clause before."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from vibes.domain.refinement.rules.clauses import Clause
from vibes.domain.refinement.rules.sentences import is_sentence
from vibes.domain.refinement.rules.terms import bared, term_of
from vibes.domain.refinement.rules.vocabulary import is_known, vocabulary
from vibes.domain.refinement.rules.wordings.intentions import Intention
from vibes.domain.refinement.rules.wordings.patterns import PATTERNS
from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN

MAX_CLAUSE = 300
"""Characters of one wish that are read."""
_IT_WORDS = (
    "it them that this those these they more some one welche es das sie ihn den die davon ça les la le cela y en"
)
IT = frozenset(_IT_WORDS.split())
_SOMEBODY_WORDS = {
    ENGLISH: "her him them she he they",
    GERMAN: "sie ihn ihm ihr er ihnen",
    FRENCH: "elle lui la le il eux elles ils leur",
}
SOMEBODY = {language: frozenset(words.split()) for language, words in _SOMEBODY_WORDS.items()}
_ARTICLE = re.compile(
    r"(?:an?|the|eine?[nmrs]?|der|die|das|den|dem|une?|les?|la|in|im|on|at|am|auf|mit|with|of|von|en|au|de|as|als)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:lieber|eher|rather|plutôt|i'd prefer|i want|ich will|ich möchte|je veux) ", re.IGNORECASE)
_ONES = re.compile(r"(?:an?|the|some|eine?[nmrs]?|une?) (?P<a>.+?)|(?P<b>.+?) ones?", re.IGNORECASE)
"""An adjective that stands for a thing: "a green one", "einen grünen"."""
BEING = {Intention.BE, Intention.BE_IF_ATTRIBUTE, Intention.BE_IF_KNOWN}
_ONE = re.compile(
    r"(?:an?|one|some|two|three|ein|eine|einen|une?|des|du|deux|trois|zwei|drei) |de (?:la |l')", re.IGNORECASE
)
"""Nobody says "no hat, a dog" of two things that shall go."""
_GOES_ON = {Intention.KEEP, Intention.REMOVE, Intention.MORE, Intention.LESS, Intention.WANT, Intention.SWAP}


@dataclass(frozen=True, slots=True)
class Wish:
    intention: Intention
    x: str = ""
    y: str = ""
    a: str = ""


There = Callable[[str], bool]


def nothing(_: str) -> bool:
    return False


def is_group(text: str) -> bool:
    names = vocabulary().exclusive
    return any(
        term_of(text.split(" ", 1)[-1] if cut else text, language, ENGLISH).lower() in names
        for language in ("en", "de", "fr")
        for cut in (False, True)
    )


def wish_of(clause: str, language: str, there: There = nothing) -> Wish:
    """``there``: whether the prompt has a word."""
    bare = clause.strip(" ,.;:!?…")[:MAX_CLAUSE]
    for text in (bare, bared(bare, language)):
        for intention, pattern in PATTERNS[language]:
            found = pattern.match(text)
            if found is None:
                continue
            x, y, a = (found.groupdict().get(name) or "" for name in "xya")
            wish = Wish(intention, x, y, a)
            if not _is_meant(wish, language, there):
                continue
            if intention is Intention.WANT and text is bare and wish.x == text:
                break  # the last pattern fits everything: try without fillers first
            return _with_all_adjectives(wish, language) if intention in BEING else wish
    return Wish(Intention.WANT, bared(bare, language))


_FURTHER = re.compile(r"(?<=\S) (?:with|made of|covered in) .+$", re.IGNORECASE)
"""More of a thing than how it is: "brown with a white mane"."""


def _is_meant(wish: Wish, language: str, there: There) -> bool:
    """What a pattern asks of words beside their order."""
    intention = wish.intention
    if intention in {*BEING, Intention.DO} and _ARTICLE.fullmatch(wish.x) and wish.x not in SOMEBODY[language]:
        return False
    if intention in {Intention.BE_IF_ATTRIBUTE, Intention.TOO_IF_ATTRIBUTE}:
        return is_attribute(_FURTHER.sub("", wish.a), language)
    if intention is Intention.BE_IF_KNOWN:
        return _known_thing(wish.x, wish.a, language, there)
    return intention is not Intention.DO_IF_DOING or _is_doing(wish.a, language)


def _with_all_adjectives(wish: Wish, language: str) -> Wish:
    """ "the curtains blue velvet": what comes last is no part of the thing."""
    *thing, last = wish.x.split()
    while thing and is_attribute(last, language) and not _ARTICLE.fullmatch(thing[-1]):
        wish = replace(wish, x=" ".join(thing), a=f"{last} {wish.a}")
        *thing, last = thing
    return wish


def within(wish: Wish, language: str) -> Wish:
    """A swap whose first half is a wish of its own: "make it night" instead of evening, "the hat should be red" and not
    blue."""
    if wish.intention not in {Intention.SWAP, Intention.INSTEAD}:
        return wish
    inner = wish_of(wish.x, language)
    if inner.intention in {Intention.BE, Intention.BE_IF_ATTRIBUTE, Intention.BE_IF_KNOWN}:
        return inner
    if inner.intention in {Intention.DO, Intention.DO_IF_DOING}:
        return replace(wish, x=inner.a)
    return replace(wish, x=inner.x) if inner.intention is Intention.WANT and inner.x else wish


def elliptic(wish: Wish, about: str, clause: Clause, language: str) -> Wish:
    """With the thing that an adjective stands for: "the sofa is too modern, an old one"."""
    said = wish.x if wish.intention in {Intention.SWAP, Intention.INSTEAD} else clause.text
    if wish.intention not in {Intention.WANT, Intention.INSTEAD, Intention.SWAP}:
        return wish
    found = _ONES.fullmatch(_LEADING.sub("", said))
    adjective = (found["a"] or found["b"]) if found else ""
    adjective = adjective.removesuffix(" one")
    if not adjective or not is_attribute(adjective, language):
        return wish
    if wish.intention is Intention.SWAP:
        return replace(wish, x=adjective)
    thing = about.rsplit(maxsplit=1)[-1] if about else ""
    return Wish(Intention.BE, thing, "", adjective) if thing else wish


def _is_doing(text: str, language: str) -> bool:
    return any(word.endswith("ing") or word == "smile" for word in term_of(text, language, ENGLISH).split())


def is_attribute(text: str, language: str) -> bool:
    words = vocabulary()
    term = term_of(text, language, ENGLISH).lower()
    return words.is_attribute(term) or (bool(term) and all(map(words.is_attribute, term.split())))


def _known_thing(thing: str, attribute: str, language: str, there: There) -> bool:
    """ "background darker", but not "older man"."""
    head = bared(thing, language).rsplit(maxsplit=1)[-1:]
    return is_attribute(attribute, language) and not any(
        is_attribute(each, language) or not (is_known(each, language) or there(each)) for each in head
    )


def continued(wish: Wish, before: Wish, clause: Clause, language: str) -> Wish:
    """With the intention of the clause before it where it has none of its own."""
    if clause.follows and wish.intention is Intention.KEEP and clause.text.lower().startswith("like "):
        return Wish(Intention.WANT, clause.text[len("like ") :])
    bare = bared(clause.text, language)
    if is_attribute(bare, language) or (before.intention is Intention.REMOVE and _ONE.match(clause.text)):
        return wish
    if is_sentence(bare, language) or is_group(bare) or _is_compared(bare, language):
        return wish
    if not clause.follows or wish.intention is not Intention.WANT or bared(wish.x, language) != bare:
        return wish
    if before.intention is Intention.SWAP:
        for joint in (" with ", " by ", " for ", " into ", " to ", " durch ", " gegen ", " par ", " avec "):
            old, found, new = bare.partition(joint)
            if found:
                return Wish(Intention.SWAP, new, old)
        return wish
    return Wish(before.intention, wish.x) if before.intention in _GOES_ON else wish


_COMPARED = {GERMAN: re.compile(r"\w{2,}er(?:e[nmrs]?)?"), FRENCH: re.compile(r"plus")}


def _is_compared(text: str, language: str) -> bool:
    """It begins with a comparative, which is a wish of its own: "less fire and brighter clouds"."""
    first, _, rest = text.partition(" ")
    if not rest:
        return False
    if language == ENGLISH:
        quality = vocabulary().qualities.get(first.lower())
        return quality is not None and quality.word != first.lower()
    return _COMPARED[language].fullmatch(first) is not None and (language == FRENCH or is_attribute(first, language))
