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
    ENGLISH: r"(?:can|could|would|will|can't|couldn't|won't|wouldn't)(?: not)? (?:you|we|u|i) "
    r"(?:please |maybe |perhaps |kindly |just |also |possibly |somehow |try to |not )*(?=\w)|"
    r"(?:would|do) you mind (?=\w)|(?:i'd like|i would like|i want|i need|i wish) you to |"
    r"(?:is it|would it be) possible to |is there (?:a|any) way (?:to |you (?:can|could) )|any chance (?:of |to |"
    r"(?:you|we) could )|do you think (?:you|we) (?:could|can) |i (?:wonder|was wondering) if (?:you|we) (?:could|"
    r"can) |"
    r"i was hoping (?:for|you could|to (?:see|have|get)) |i(?:'d| would) appreciate (?:it if you (?:could )?)?|"
    r"why not |"
    r"(?:it would be|it'd be|would be) (?:nice|great|cool|good|better|awesome|lovely) (?:if (?:you|we) (?:could )?|to "
    r"(?:have|see|get) )|feel free to |(?:definitely|absolutely|really|honestly|surely|seriously)[, ]+|"
    r"(?:i'd|i would|we'd) (?:rather|prefer to) (?=have|see|make|do|use|get|keep|remove)(?!.* than )|"
    r"(?:the )?same(?: scene| picture| image| thing| one)?,? (?:but )?(?=at |in |with |as |from |during )|"
    r"(?:i'd|i would|we'd|we would) (?!like|love|prefer|rather|want|appreciate|enjoy|need|hate|not|really|"
    r"also)(?=\w+ )|"
    r"(?:i|we)(?:'d| would)? (?:want|like|love|need) to (?:see|have|get) (?=more |less |fewer )|"
    r"(?:on second thought|by the way|btw|for this one|this time|next)[, ]+|"
    r"(?:why don't|how about) (?:you|we) |(?:let's|let us) (?!have)|try (?:to|and) |go ahead and |"
    r"i (?:think|guess|feel like|believe) (?:you should |we should |that )?|"
    r"(?:you|we) (?:should|could|can|might|may) (?:also |maybe |just )?|"
    r"(?:please|maybe|perhaps|ok|okay|well|hmm?|oh|hey|actually|also|now|so|then|yes|yeah|or|if possible|"
    r"and|simply|oder|(?:just|only)(?! (?:an?|one) (?!little|bit|touch|tad)))[, ]+",
    GERMAN: r"ich würde (?:eher |lieber |gern |gerne |noch |auch |mal |hier |da )*(?=.+(?:en|ern|eln)$)(?!.* als )|"
    r"(?:kannst|könntest|würdest|magst|willst) du (?:mir )?(?:bitte |mal |vielleicht |noch |evtl |eventuell |da |"
    r"vllt )*|(?:können|könnten|wollen|sollen) (?:wir|sie) (?:bitte |mal |vielleicht |noch )*|"
    r"(?:kann|könnte|darf) (?:ich|man) (?:bitte |mal |vielleicht |da |noch )*|"
    r"(?:wäre|ist) es möglich,? |(?:es wäre|wäre|ich fände es) (?:schön|toll|super|cool|gut|besser|nett),? |"
    r"geht das auch (?=ohne |mit |als |in )|(?:bloß|unbedingt|auf jeden fall|ehrlich gesagt|eigentlich|"
    r"vielleicht doch)[, ]+|"
    r"ich (?:hätte|möchte|will|würde)(?: gerne?)? (?=mehr |weniger )|"
    r"ich glaube,? (?:dass )?|ich (?:denke|finde|hätte gern),? dass |"
    r"(?:bitte|vielleicht|mal|ok|okay|naja|hm+|also|jetzt|dann|ja|und|aber|oder|nun|einfach|gern|"
    r"gerne|nur(?! (?:noch )?eine?[nrs]? ))[, ]+",
    FRENCH: r"est-ce possible (?:de |d')(?:avoir |voir )?|est-ce (?:que |qu')|(?:fais|faites) en sorte (?=que|"
    r"qu')|(?:(?:tu|vous|on|l'on) (?:peux|peut|pouvez|pourrais|pourrait|pourriez)|"
    r"(?:peux|peut|pourrais|pourrait|pouvez|pourriez|veux|voulez|voudrais)-(?:tu|vous|on)(?: bien)?) "
    r"(?:peut-être |s'il te plaît |aussi )*(?!s'en |se )(?:avoir |voir )?|(?:j'aimerais|je voudrais) que tu |"
    r"(?:serait-il|est-il|est-ce|ce serait|c'est|ça serait) possible (?:de |d')|(?:ce|ça) serait (?:bien|sympa|"
    r"cool|mieux|"
    r"chouette|super) (?:de |d')(?:avoir |voir )?|"
    r"(?:surtout|absolument|carrément|franchement|en fait|par contre|sinon|vraiment|simplement|finalement)[, ]+|"
    r"(?:je (?:veux|voudrais)|j'aimerais(?: bien)?) (?=plus |moins )|"
    r"(?:je (?:pense|trouve|crois)) que |"
    r"(?:s'il te plaît|s'il vous plaît|bon|alors|maintenant|peut-être|ok|oui|euh|et|mais|donc)[, ]+",
}
_POLITELY = {language: re.compile(rf"^(?:{form})", re.IGNORECASE) for language, form in _POLITE.items()}
_TOGETHER = re.compile(
    r"\b(donne|montre|mets|met|fais|rends|rend|laisse|ajoute|enlève|retire|garde|colle|dessine|change|remplace)(z?)-"
    r"(lui|leur|moi|nous|la|le|les|en)\b",
    re.IGNORECASE,
)
"""An imperative in French with its pronoun."""
_PLEASE = re.compile(r"(?<=\w) bitte(?= \w)", re.IGNORECASE)
_GERUND = re.compile(
    r"^(?:mak|add|remov|chang|giv|put|replac|swapp|turn|keep|us|tak|gett|dropp|los|hav|mov|leav|mix)ing (?=\S)",
    re.IGNORECASE,
)
_IMPERATIVES = {
    "put": "put",
    "swapp": "swap",
    "gett": "get",
    "dropp": "drop",
    "add": "add",
    "turn": "turn",
    "keep": "keep",
}
"""By the stem of the gerund; any other one has an e at its end."""
_SUBORDINATE = re.compile(
    r"^(?:wenn|dass|das|ob) (?P<who>(?:der|die|das|den|ihre?|seine?) \S+|er|sie|es|da|man) (?P<how>.+?) "
    r"(?P<verb>wäre|wären|ist|sind|wird|würde|hat|hätte|hätten|haben|trägt|trüge|hält)$",
    re.IGNORECASE,
)
_HAS = {"hat", "hätte", "hätten", "haben", "trägt", "trüge", "hält"}
_ASKED = {
    ENGLISH: (
        re.compile(
            r"^(?:can|could|should|would|may|might) (?P<who>(?:the|his|her|their) .+?|he|she|they|it) "
            r"(?P<what>(?:be|have|wear|"
            r"hold|look|sit|stand|sleep|smile|laugh|walk|run|ride|fly|carry|read|dance|swim|get|become)\b.*)$",
            re.IGNORECASE,
        ),
        "should",
    ),
    GERMAN: (
        re.compile(
            r"^(?:kann|könnte|können|könnten|darf|soll|sollte|sollten) (?P<who>(?:der|die|das) \S+|er|sie|es) "
            r"(?P<what>.+)$",
            re.IGNORECASE,
        ),
        "soll",
    ),
}
"""A question whether somebody can do something."""
_NICE = {
    ENGLISH: re.compile(
        r"^(?!it |that |this )(.+?) (?:would|might) (?:help|work|fit|(?:be|look) (?:really |very |so |pretty "
        r")?(?:nice|great|good|cool|lovely|fun|sweet|neat|"
        r"awesome|amazing|perfect|cute|funny|interesting|fitting|pretty|beautiful))$",
        re.IGNORECASE,
    ),
    GERMAN: re.compile(
        r"^(?!es |das )(.+?) (?:wäre|wären|würde|würden)(?: (?:mir|echt|sehr|noch|auch|doch|ganz))* (?:schön|toll|"
        r"gut|cool|super|"
        r"nett|klasse|gefallen|passen|süß|witzig|lustig|spannend|interessant|hübsch|passend|perfekt|nice|genial)$",
        re.IGNORECASE,
    ),
    FRENCH: re.compile(
        r"^(?!ce |ça )(.+?) (?:serait|seraient|ferait|feraient)(?: vraiment| très)* (?:bien|sympa|top|cool|"
        r"parfait|chouette|super|joli|mignon|intéressant|drôle|magnifique|beau)$",
        re.IGNORECASE,
    ),
}
"""What would be nice is wished for."""
_CONDITIONAL = re.compile(
    r"^(?:j'|je |on |et si (?:on |tu |vous )|si (?:on |tu |vous ))(?P<verb>enlèver|enlev|ajouter|ajout|rajouter|"
    r"rajout|mettr|mett|"
    r"changer|change|remplacer|remplaç|supprimer|supprim|garder|gard|retirer|retir|vir|virer)(?:ais|ait|ions|iez) "
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_WHAT_IF = re.compile(
    r"^(?:and )?what if (?:you|we|i) (?P<verb>added|removed|made|changed|gave|put|replaced|swapped|turned|kept|"
    r"used|dropped|lost) "
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_PRESENT = {
    "added": "add",
    "removed": "remove",
    "made": "make",
    "changed": "change",
    "gave": "give",
    "put": "put",
    "replaced": "replace",
    "swapped": "swap",
    "turned": "turn",
    "kept": "keep",
    "used": "use",
    "dropped": "drop",
    "lost": "lose",
    "enl": "enlève",
    "ajo": "ajoute",
    "raj": "ajoute",
    "met": "mets",
    "cha": "change",
    "rem": "remplace",
    "sup": "supprime",
    "gar": "garde",
    "ret": "retire",
    "vir": "enlève",
}
"""The order for what somebody would do: by the past in English, by the first three letters in French."""
_FRONTED = {
    ENGLISH: re.compile(
        r"^(?P<where>(?:in|on|at|behind|next to|beside|under|above|over|below|near|between|to the (?:left|right) "
        r"of|in front "
        r"of) (?:the |an? |his |her )?\S+(?: \S+)?) (?:i(?:'d| would)? (?:want|like|love|need)(?: to (?:see|"
        r"have))?|there "
        r"(?:should|could|must) be|add|put|place|we need) (?P<what>.+)$",
        re.IGNORECASE,
    ),
    GERMAN: re.compile(
        r"^(?P<where>(?:(?:links|rechts|oben|unten|direkt) )?(?:(?:neben|hinter|vor|über|unter|auf|in|an|am|im|"
        r"zwischen|ans|"
        r"ins|beim) (?:(?:de[mnr]|das|die|eine?[mnr]?|ihre?[mnr]?|seine?[mnr]?) )?\S+|(?<=s )von \S+)|links|"
        r"rechts|oben|"
        r"unten) (?:(?:noch|bitte|soll|sollte|sollen|könnte|könnten|kommt|möchte ich|will ich|hätte ich gern|"
        r"fehlt|fehlen|"
        r"wäre|wären|steht|sitzt|vielleicht|lieber|mal|auch) )*(?P<what>(?:eine?n?|zwei|drei|mehrere|viele|etwas) .+?)"
        r"(?: (?:hin|sein|stehen|sitzen|schön|toll|dazu|zeigen|einfügen|malen))*$",
        re.IGNORECASE,
    ),
    FRENCH: re.compile(
        r"^(?P<where>(?:à (?:gauche|droite|côté)(?: (?:du|de la|de l'|des|de|d')? ?\S+)?|(?:derrière|devant|sous|"
        r"sur|dans|au-"
        r"dessus (?:du|de la|des)) (?:le |la |les |l')?\S+|au (?:fond|loin|milieu|premier plan))),? (?:(?:il (?:faut|"
        r"faudrait)|mets|ajoute|je (?:veux|voudrais)|j'aimerais(?: bien)?) )?(?P<what>(?:une?|des|deux|trois) .+)$",
        re.IGNORECASE,
    ),
}
"""Where a thing shall be, said before the thing."""
_THANKS = re.compile(
    r"[, ]+(?:please|pls|plz|thanks|thank you|bitte|danke|s'il te plaît|s'il vous plaît|merci|stp|svp)[ !.]*$",
    re.IGNORECASE,
)
_TAIL = {
    ENGLISH: re.compile(
        r"(?: entirely| completely| altogether| for my (?:taste|liking)| for me| in my opinion| imo| to me| too| "
        r"as well| either| at all| in (?:the|"
        r"this) (?:frame|shot|scene|picture|image)|,? if (?:possible|you can)|"
        r"[ ,]+(?:ok|okay|right|yeah))$",
        re.IGNORECASE,
    ),
    GERMAN: re.compile(
        r"(?: komplett| völlig| für meinen geschmack| meiner meinung nach| finde ich| im bild|,? wenn möglich|,? "
        r"falls möglich|,? "
        r"ok(?:ay)?|,? oder\??)$",
        re.IGNORECASE,
    ),
    FRENCH: re.compile(
        r"(?: complètement| entièrement| à mon goût| pour moi| je trouve| non plus| si possible|,? d'accord| dans "
        r"l'image)$",
        re.IGNORECASE,
    ),
}
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
    """As an order, without what begins and ends a wish out of politeness: "brighten the sky" is "make the sky
    brighter", "wenn der Hut rot wäre" is "der Hut soll rot sein", and where a thing shall be comes after it."""
    before = ""
    while before != clause:
        before = clause
        clause = _TOGETHER.sub(r"\1\2 \3", _POLITELY[language].sub("", clause, count=1))
        clause = _PLEASE.sub("", clause) if language == GERMAN else clause
        clause = _TAIL[language].sub("", _THANKS.sub("", clause)).strip()
        clause = _GERUND.sub(_as_order, clause) if language == ENGLISH else clause
    becomes = _BECOMES.match(clause.lower()) if language == ENGLISH else None
    if becomes:
        return f"make {becomes['thing']} {_BECOMING[becomes['verb']]}"
    said = _SUBORDINATE.match(clause) if language == GERMAN else None
    if said:
        return f"{said['who']} soll {said['how']} {'haben' if said['verb'].lower() in _HAS else 'sein'}"
    would = (
        _WHAT_IF.match(clause) if language == ENGLISH else _CONDITIONAL.match(clause) if language == FRENCH else None
    )
    if would:
        verb = would["verb"].lower()
        return f"{_PRESENT[verb if language == ENGLISH else verb[:3]]} {would['rest']}"
    asked = _ASKED[language][0].match(clause) if language in _ASKED else None
    if asked:
        return f"{asked['who']} {_ASKED[language][1]} {asked['what']}"
    nice = _NICE[language].match(clause)
    clause = nice[1] if nice else clause
    fronted = _FRONTED[language].match(clause)
    return f"{fronted['what']} {fronted['where']}" if fronted else clause


def _as_order(found: re.Match[str]) -> str:
    stem = found.group().strip().lower().removesuffix("ing")
    return f"{_IMPERATIVES.get(stem, f'{stem}e')} "
