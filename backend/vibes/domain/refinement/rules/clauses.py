"""Cuts feedback into clauses, each of which wishes for one thing."""

import re
from dataclasses import dataclass

from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN

MAX_CLAUSES = 40

_WHOLE = re.compile(
    r"\b(?:between|zwischen|entre) [\w' -]+? (?:and|und|et) (?=\w)|"
    r"black and white|noir et blanc|schwarz[- ]und[- ]weiß|"
    r"(?:everything|all|the rest)(?: \w+)?(?: is| are)?(?: \w+)? but (?=\S)|"
    r"\bnot (?:an? |the )?[\w-]+(?: [\w-]+)?,? but (?=\S)|"
    r"\bnicht [\w-]+(?: [\w-]+){0,2}, sondern (?=\S)|"
    r"\bpas (?:un |une |le |la |l')[\w-]+,? mais (?:plutôt )?(?=un|le |la )|"
    r"(?:an? |the )[\w-]+(?: [\w-]+)?, not (?:an? |the )(?=\S)|"
    r"\b(?:une? |le |la |l')[\w-]+(?: [\w-]+)?, (?:et )?pas (?=une? |le |la |l')|"
    r"(?:instead|in place|in lieu) of [^,.;]+?, (?=\S)|\b(?:an)?statt(?: [\w-]+){1,2}, (?=\S)|"
    r"(?:au lieu|à la place) [^,.;]+?, (?=\S)",
    re.IGNORECASE,
)
_FOREIGN = r"\bund\b|\baber\b|\bet\b|\bmais\b|\band\b|\bbut\b"
"""Between two clauses of different languages, too."""
_CUT = {
    ENGLISH: rf"{_FOREIGN}|\bbut\b|\bhowever\b|\band\b|\bor\b|\bnor\b|\bplus\b|\bthough\b|\bwhile\b|\bwhen you\b|"
    rf"\bbecause\b|\s(?=so (?:that|we|you|i|one|it) )|&|\+",
    GERMAN: rf"{_FOREIGN}|\baber\b|\bund\b|\boder\b|\bsondern\b|\bsowie\b|\bdafür\b|\bnoch\b(?= keine)|\bweil\b|"
    rf"\s(?=damit )|&|\+",
    FRENCH: rf"{_FOREIGN}|\bparce que\b|\bcar\b|\s(?=pour qu)|\bmais\b|\bet\b|\bou\b|\bni\b|&|\+",
}
_ASKING = r"(?:more|less|fewer|no|add|remove|keep|mehr|weniger|keine?|ohne|plus de|moins de|pas de|sans|ajoute)"
_TOGETHER = re.compile(
    rf"^((?:{_ASKING}) (?!of\b|like\b|more\b|less\b)[\w-]+(?: [\w-]+)?) (?={_ASKING} )", re.IGNORECASE
)
"""Two wishes without a comma: "more mist less trees"."""
_AGAINST = {"but", "however", "though", "while", "aber", "sondern", "dafür", "mais", ".", "!", "?", ";", "\n"}
_STOP = r"[.!?;]+(?=\s|$)|\n+|,|\s[–—-]\s"
_HELD = "\x00"
_NEITHER = {"ni": "sans ", "nor": "no "}
"""What stands before each of several things that shall not be, as it stands before one."""


@dataclass(frozen=True, slots=True)
class Clause:
    text: str
    follows: bool
    """It goes on with the wish before it where it has none of its own: "no hat and glasses"."""


def clauses_of(text: str, language: str) -> list[Clause]:
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found.group())
        return f" {_HELD}{len(held) - 1}{_HELD} "

    text = _TOGETHER.sub(r"\1, ", text)
    marked = _WHOLE.sub(hold, " ".join(text.split(" ")))
    clauses: list[Clause] = []
    follows, without = False, ""
    for part in re.split(rf"({_STOP}|{_CUT[language]})", marked, flags=re.IGNORECASE):
        sign = part.strip().lower()
        if re.fullmatch(rf"(?:{_STOP}|{_CUT[language]})", part, flags=re.IGNORECASE):
            without = _NEITHER.get(sign, "")
            if not without:
                follows = bool(clauses) and not (sign in _AGAINST or sign[:1] in _AGAINST)
            continue
        clause = " ".join(re.sub(f"{_HELD}(\\d+){_HELD}", lambda found: held[int(found[1])], part).split())
        if clause.strip(" ,.;:!?"):
            clauses.append(Clause(f"{without}{clause.strip(' ,;:')}", follows))
            without = ""
    return clauses[:MAX_CLAUSES]
