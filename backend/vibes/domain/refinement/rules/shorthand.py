"""What people type for short, and what they say out of politeness, before wishes are read."""

import re

from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN

_SHORT = {
    ENGLISH: "dont:don't;doesnt:doesn't;didnt:didn't;shouldnt:shouldn't;cant:can't;cannot:can't;wont:won't;"
    "wouldnt:wouldn't;isnt:isn't;arent:aren't;its:it's;thats:that's;theres:there's;lets:let's;im:i'm;id:i'd;"
    "whats:what's;wheres:where's;w/:with;w/out:without;w/o:without;plz:please;pls:please;thx:thanks;ty:thanks;"
    "bg:background;b/g:background;wanna:want to;gonna:going to;gotta:has to;lil:little;u:you;ur:your;bc:because;"
    "b&w:black and white;bw:black and white",
    GERMAN: "nen:einen;ne:eine;nem:einem;ner:einer;'n:ein;'ne:eine;n:ein;nich:nicht;net:nicht;ned:nicht;nix:nichts;"
    "bissl:bisschen;bisserl:bisschen;n bisschen:ein bisschen;bißchen:bisschen;mach's:mach es;machs:mach es;"
    "gibs:gib es;isses:ist es;kannste:kannst du;könnteste:könntest du;is:ist;nochn:noch ein;vllt:vielleicht;"
    "ggf:vielleicht;sw:schwarz-weiß;hg:hintergrund",
    FRENCH: "stp:s'il te plaît;svp:s'il vous plaît;ya:il y a;y'a:il y a;y a:il y a;t'as:tu as;c:c'est;ds:dans;"
    "pr:pour;bcp:beaucoup;qqch:quelque chose;nb:noir et blanc;pcq:parce que",
}
_WRITTEN = {
    language: {short: long for short, _, long in (pair.partition(":") for pair in table.split(";"))}
    for language, table in _SHORT.items()
}
_WORD = re.compile(r"(?<!\S)[\w'&/]+(?=[\s,.;:!?]|$)")

_POLITE = {
    ENGLISH: r"(?:can|could|would|will) (?:you|we|u) (?:please |maybe |perhaps |kindly |just |also )*(?=\w)|"
    r"(?:would|do) you mind (?=\w)|(?:i'd like|i would like|i want|i need|i wish) (?:you|it) to |"
    r"(?:why don't|how about) (?:you|we) |(?:let's|let us) (?!have)|try (?:to|and) |go ahead and |"
    r"i (?:think|guess|feel like|believe) (?:you should |we should |that )?|"
    r"(?:you|we) (?:should|could|can|might|may) (?:also |maybe |just )?|"
    r"(?:please|maybe|perhaps|ok|okay|well|hmm?|oh|hey|actually|also|now|so|then|yes|yeah|just|or|if possible|"
    r"and|only|simply|oder)[, ]+",
    GERMAN: r"(?:kannst|könntest|würdest) du (?:bitte |mal |vielleicht |noch )*|(?:können|könnten) (?:wir|"
    r"sie) (?:bitte |mal )*|"
    r"ich (?:hätte|möchte|will|würde)(?: gerne?)? (?=mehr |weniger )|"
    r"ich glaube,? (?:dass )?|ich (?:denke|finde|hätte gern),? dass |"
    r"(?:bitte|vielleicht|mal|ok|okay|naja|hm+|also|jetzt|dann|ja|und|aber|oder|nun|nur|bloß|einfach|gern|"
    r"gerne)[, ]+",
    FRENCH: r"(?:tu peux|peux-tu|pourrais-tu|tu pourrais|pouvez-vous|vous pouvez|on peut|on pourrait|"
    r"est-ce que tu peux) "
    r"(?!s'en |se )|(?:j'aimerais|je voudrais) que tu |"
    r"(?:je (?:veux|voudrais)|j'aimerais(?: bien)?) (?=plus |moins )|"
    r"(?:je (?:pense|trouve|crois)) que |"
    r"(?:s'il te plaît|s'il vous plaît|bon|alors|maintenant|peut-être|ok|oui|euh|et|mais|donc)[, ]+",
}
_POLITELY = {language: re.compile(rf"^(?:{form})", re.IGNORECASE) for language, form in _POLITE.items()}
_THANKS = re.compile(
    r"[, ]+(?:please|pls|plz|thanks|thank you|bitte|danke|s'il te plaît|s'il vous plaît|merci|stp|svp)[ !.]*$",
    re.IGNORECASE,
)
_BECOMING = {
    "brighten": "brighter",
    "lighten": "brighter",
    "darken": "darker",
    "sharpen": "sharper",
    "blur": "blurry",
    "enlarge": "bigger",
    "shrink": "smaller",
    "lengthen": "longer",
    "shorten": "shorter",
    "widen": "wider",
    "warm": "warmer",
    "cool": "cooler",
    "simplify": "simpler",
}
_BECOMES = re.compile(
    rf"^(?P<verb>{'|'.join(_BECOMING)})(?: up| down)? (?P<thing>(?:the|his|her|its|their|it|this) ?.*)$"
)


_SIGNED = re.compile(r"(?:^|[\s,;]+)([+-])\s?(?=[^\W\d_])")


def without_signs(text: str) -> str:
    """ "-hat +dog" in words, where the text begins so."""
    if not _SIGNED.match(text):
        return text
    return _SIGNED.sub(lambda found: ", no " if found[1] == "-" else ", add ", text).strip(" ,")


def written_out(text: str, language: str) -> str:
    """With what was typed for short in full."""
    table = _WRITTEN[language]
    return _WORD.sub(lambda found: table.get(found.group().lower(), found.group()), text)


def plainly(clause: str, language: str) -> str:
    """Without what begins a wish out of politeness, and "brighten the sky" as "make the sky brighter"."""
    before = ""
    while before != clause:
        before = clause
        clause = _THANKS.sub("", _POLITELY[language].sub("", clause, count=1)).strip()
    becomes = _BECOMES.match(clause.lower()) if language == ENGLISH else None
    return f"make {becomes['thing']} {_BECOMING[becomes['verb']]}" if becomes else clause
