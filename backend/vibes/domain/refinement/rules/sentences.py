"""Tells what can be drawn from a sentence that was not understood, and makes a thing's doing a part of a prompt."""

import re
from collections.abc import Sequence

from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN, folded, words_of

_SAYING = {
    ENGLISH: "i i'm i'd i'll i've we we're you you're it it's he he's she she's they they're that's there's is are was "
    "were am be been isn't aren't do does did don't doesn't didn't can can't could couldn't should shouldn't would "
    "wouldn't won't will must may might feels feel felt looks looked seems seem has have had need needs want wants "
    "why where what how who when if because think know wish guess hope mean expected something anything nothing "
    "somehow not no never than enough too",
    GERMAN: "ich du er es wir ihr man mich mir dich dir ihn ihm ist sind war waren bin wird werden wirkt wirken sieht "
    "sehen hat habe haben kann kannst können könnte könntest soll sollte sollen muss müssen darf will möchte würde "
    "wäre wären wo warum wieso was wie wer wann wenn weil dass finde glaube weiß fehlt nicht kein keine keinen nichts "
    "etwas irgendwas irgendetwas zu gefällt macht sein schaut guckt blickt scheint",
    FRENCH: "je j' tu il elle on nous vous ils elles ça ce c'est qu'il qu'elle est sont était suis sera serait a ont "
    "fait peut peux pourrait doit devrait veux veut voudrais faut faudrait pourquoi où quoi comment qui que quand si "
    "parce trouve pense sais manque pas ne rien quelque trop n'est n'a",
}
_SAYS = {language: frozenset(map(folded, words.split())) for language, words in _SAYING.items()}
_PRONOUN_WORDS = "it them ihn ihm ihr sie ihnen mich mir dich dir uns elle lui eux moi nous"
_PRONOUNS = frozenset(_PRONOUN_WORDS.split())
_BEFORE_WORDS = (
    "in on at to of with by near under over above below behind beside between around from neben hinter vor uber "
    "unter auf "
    "an zu mit bei um zwischen de sur sous avec derriere devant a chez"
)
_BEFORE_PRONOUNS = frozenset(_BEFORE_WORDS.split())
_ORDER_WORDS = {
    ENGLISH: "",
    GERMAN: "full fulle mach mache tu tue lass lasse gib nimm andere verandere zeig zeige gestalte",
    FRENCH: "rends rend fais faites mets remplis ajoute change modifie enleve donne laisse",
}
_ORDERS = {language: frozenset(words.split()) for language, words in _ORDER_WORDS.items()}
"""What an order begins with that no pattern knows."""
_ORDER = re.compile(
    r"^(?P<verb>[a-z]+)(?: \w+)? (?:the|him|her|it|them|me|us|this|that|these|those|his|their|my)\b", re.IGNORECASE
)
_LEADING_WORDS = (
    "in on at by near under over above below behind beside between of from through to into onto against around among "
    "across along with without and all both half inside outside before after toward towards beyond within"
)
_LEADING = frozenset(_LEADING_WORDS.split())
_VAGUE_WORDS = (
    "company life life-like soul oomph pop punch wow vibe vibes zing character personality something stuff things pep "
    "spice interest magic feeling energy better nicer interesting different else improvement improvements work change "
    "changes love fun right wrong weird boring langweilig doof blod komisch irgendwie "
    "nur so alles bof seltsam leben pepp schwung seele gesellschaft was etwas anders besser schöner "
    "interessanter vie âme peps compagnie mieux différent intéressant quelque chose"
)
_VAGUE = frozenset(_VAGUE_WORDS.split())
_KEEPS_E = ("ee", "ye", "oe")


def is_sentence(term: str, language: str) -> bool:
    """It says something of the picture or orders something, instead of naming what is to be seen: in no prompt."""
    said = [term[each.start : each.end] for each in words_of(term)]
    words = [folded(each) for each in said]
    if not words or all(word in _VAGUE for word in words):
        return True
    if words[0] in _ORDERS[language] or any(_says(at, said, language) for at in range(len(said))):
        return True
    ordered = _ORDER.match(term) if language == ENGLISH else None
    if ordered is None:
        return False
    return ordered["verb"].lower() not in _LEADING and not any(
        word.endswith("ing") or word in _LEADING for word in words[:2]
    )


def _says(at: int, said: Sequence[str], language: str) -> bool:
    """A word that only sentences have; behind a preposition a pronoun is the place of something: "next to her"."""
    word = folded(said[at])
    if (
        said[at].lower() == "à"
        or (at and word == "qui")
        or (at and word in _PRONOUNS and folded(said[at - 1]) in _BEFORE_PRONOUNS)
    ):
        return False
    return word in _SAYS[language]


def doing(predicate: str) -> str:
    """ "hold a sword" as what a picture shows: "holding a sword"."""
    verb, _, rest = predicate.partition(" ")
    return f"{_participle(verb.lower())} {rest}".strip()


def _participle(verb: str) -> str:
    if verb.endswith("ing"):
        return verb
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(_KEEPS_E):
        return f"{verb[:-1]}ing"
    doubled = re.fullmatch(r"[^aeiou]{1,2}[aeiou][^aeiouwxy]", verb) is not None
    return f"{verb}{verb[-1]}ing" if doubled else f"{verb}ing"
