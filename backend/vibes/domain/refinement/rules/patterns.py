"""How a wish is worded, by language: patterns over one clause, the first that fits counts.

``x`` is what it is about, ``y`` what it takes the place of, ``a`` how it is or shall be.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from vibes.domain.refinement.words import ENGLISH, FRENCH, GERMAN


class Intention(StrEnum):
    KEEP = "keep"
    SWAP = "swap"
    REMOVE = "remove"
    MORE = "more"
    LESS = "less"
    TOO = "too"
    BAD = "bad"
    BE = "be"
    BE_IF_ATTRIBUTE = "be if attribute"
    """As `BE` where ``a`` is a colour, a material or a quality; other patterns are tried where it is not."""
    WANT = "want"
    NOTHING = "nothing"


Pattern = tuple[Intention, re.Pattern[str]]


def _patterns(*rows: tuple[Intention, str]) -> Sequence[Pattern]:
    return [(intention, re.compile(rf"^(?:{pattern})$", re.IGNORECASE)) for intention, pattern in rows]


_X, _Y, _A = r"(?P<x>.+?)", r"(?P<y>.+?)", r"(?P<a>.+?)"
_GOOD = (
    r"(?:just |really |very |so |absolutely )?(?:great|good|nice|fine|perfect|lovely|beautiful|awesome|amazing|ok|okay|"
    r"cool|excellent|gorgeous|wonderful|fantastic)"
)
_UGLY = (
    r"(?:just |really |very |so |a bit )?(?:ugly|awful|terrible|bad|horrible|wrong|weird|strange|off|distorted|"
    r"deformed|broken|boring|annoying|distracting|mangled|creepy-looking)"
)
_IS = r"(?:is|are|looks?|seems?|feels?)"
_I = r"(?:i|we)"
_VERY = r"(?:really |just |very much |quite )?"

_ENGLISH = _patterns(
    (Intention.NOTHING, rf"(?:it|this|that|these|everything|all)?(?:'s)? ?{_IS}? ?{_GOOD}"),
    (Intention.NOTHING, rf"{_I} {_VERY}(?:like|love) (?:it|this|that|them|these)(?: .*)?"),
    (
        Intention.REMOVE,
        rf"(?:keep |leave |{_I} {_VERY}(?:like|love) )?(?:everything|all|the rest)(?: else)?(?:(?:'s| {_IS}) {_GOOD})? "
        rf"(?:but|except(?: for)?|apart from|besides|other than) {_X}",
    ),
    (
        Intention.KEEP,
        r"(?:please )?(?:don'?t|do not|never) (?:you )?"
        rf"(?:remove|change|touch|lose|delete|drop|alter|replace|modify|take away) {_X}",
    ),
    (
        Intention.SWAP,
        r"(?:instead|in place|in lieu) of (?P<y>(?:an? |the )?(?:\S+ )?\S+),? (?P<x>(?:an?|the|some|two|another) .+)",
    ),
    (Intention.SWAP, rf"(?:instead|in place|in lieu) of {_Y},? (?:have |use |put |draw |i want |make it )?{_X}"),
    (
        Intention.SWAP,
        rf"(?:make it |have |use |put |draw |i want |i'd (?:like|prefer) )?{_X} (?:instead|in place) of {_Y}",
    ),
    (Intention.SWAP, rf"(?:make it |have |use |i'd prefer |i prefer )?{_X} rather than {_Y}"),
    (Intention.SWAP, rf"(?:replace|swap|exchange|substitute|switch) {_Y} (?:with|by|for|to) {_X}"),
    (Intention.SWAP, rf"(?:turn|change|make|transform|convert) {_Y} (?:into|to) {_X}"),
    (Intention.SWAP, rf"not {_Y},? but {_X}"),
    (Intention.SWAP, rf"(?!no |more |less |keep |add |remove ){_X},? not {_Y}"),
    (Intention.MORE, rf"(?:there (?:is|are) )?(?:not enough|too little|too few) {_X}"),
    (Intention.LESS, rf"(?:there (?:is|are) |it has )?(?:way |far )?too (?:much|many) {_X}"),
    (Intention.LESS, rf"(?:not so|not as|not that) (?:much|many) {_X}"),
    (
        Intention.LESS,
        rf"(?:make it |with |a (?:bit|little) |much |slightly |use |have )*(?:less|fewer|weaker|reduced) (?:of )?{_X}",
    ),
    (
        Intention.LESS,
        rf"(?:tone down|reduce|decrease|lower|turn down|soften|weaken|de-?emphasi[sz]e|dial down|minimi[sz]e) {_X}",
    ),
    (Intention.LESS, rf"{_X} (?:a bit |much )?less(?: prominent| visible)?"),
    (Intention.LESS, rf"{_X} {_IS} too (?:strong|much|prominent|dominant|visible|intense)"),
    (
        Intention.REMOVE,
        r"(?:please )?(?:remove|delete|drop|lose|get rid of|take (?:away|out|off)|erase|eliminate|stop|ditch|skip|cut|"
        rf"leave out|omit|scrap|avoid|exclude|hide|clear) {_X}",
    ),
    (Intention.REMOVE, rf"(?:take|leave) {_X} (?:away|out|off)"),
    (Intention.REMOVE, rf"(?:with )?(?:no more|no|without|w/o|zero|minus) (?:any )?{_X}"),
    (
        Intention.REMOVE,
        rf"{_I} (?:don'?t|do not) {_VERY}(?:want|need|like|wish|love)(?: to see| to have)? (?:any )?{_X}",
    ),
    (Intention.REMOVE, rf"{_I} (?:hate|dislike|can'?t stand) {_X}"),
    (Intention.REMOVE, rf"(?:please )?(?:don'?t|do not|never) (?:add|show|draw|include|put|use|have) (?:any )?{_X}"),
    (Intention.REMOVE, rf"there (?:should|must|shall) (?:not be|be no) (?:any )?{_X}"),
    (
        Intention.REMOVE,
        rf"{_X} (?:should|must|has to|have to|can) (?:go(?: away)?|disappear|be (?:removed|gone|deleted))",
    ),
    (Intention.REMOVE, rf"(?!zoom|move|go ){_X} (?:away|gone|out|off)"),
    (
        Intention.REMOVE,
        rf"(?:it|there|this|he|she|they) (?:should|must|can|could|do|does)(?:n'?t| not) (?:be|have|show|wear) "
        rf"(?:any )?{_X}",
    ),
    (Intention.TOO, rf"{_X} (?:{_IS} )?(?:a bit |a little |way |far |much )?too {_A}"),
    (Intention.TOO, rf"(?:it(?:'s| is)? |this is |looks? )?(?:a bit |a little |way |far |much )?too {_A}"),
    (
        Intention.MORE,
        rf"(?:emphasi[sz]e|highlight|accentuate|stress|boost|increase|strengthen|intensify|focus (?:more )?on) {_X}",
    ),
    (
        Intention.MORE,
        rf"{_X} (?:should|must|could|needs to) (?:stand out|be more (?:prominent|visible|dominant))(?: more)?",
    ),
    (
        Intention.MORE,
        rf"(?:it |this |{_I} )?(?:needs? |could use |wants? |would like |make (?:it|this) |give (?:it|me) |add |with |"
        rf"a (?:bit|little) |much |some |lots |slightly |even |way |could you add )*"
        rf"(?:more|stronger|extra)(?: of)? {_X}",
    ),
    (Intention.KEEP, rf"leave {_X} (?:alone|as (?:it is|is|they are)|untouched|be)"),
    (
        Intention.KEEP,
        rf"(?:please )?(?:keep|leave|preserve|retain|maintain|hold on to) {_X}(?: as (?:it is|they are|is))?",
    ),
    (Intention.KEEP, rf"{_I} {_VERY}(?:like|love|adore|enjoy) {_X}"),
    (Intention.WANT, rf"{_X} would be (?:nice|great|good|cool|lovely|better)"),
    (Intention.BE, rf"(?:can|could|may) (?:the |his |her )?{_X} be (?:a bit |more )?{_A}"),
    (Intention.KEEP, rf"(?:love|like|loving) {_X}"),
    (Intention.KEEP, rf"{_X} {_IS} {_GOOD}"),
    (Intention.KEEP, rf"{_X} (?:should |can |must )?(?:stays?|remains?)"),
    (Intention.KEEP, rf"(?:great|nice|good|perfect|lovely|beautiful) {_X}"),
    (Intention.BAD, rf"{_X} {_IS} {_UGLY}"),
    (Intention.BE, rf"(?:the )?{_X} (?:should|must|could|shall|needs? to|has to|have to) be (?:made of |more )?{_A}"),
    (
        Intention.WANT,
        rf"(?:please )?(?:make|turn|set) (?:it|this|that|everything|the (?:picture|image|scene))"
        rf"(?: look)?(?: more| be| like| a| an| into| to)* {_X}",
    ),
    (Intention.BE, rf"make (?P<x>her|him|them) {_A}"),
    (Intention.BE_IF_ATTRIBUTE, r"(?:make|paint|colou?r|turn) (?:the |his |her |their )?(?P<x>.+) (?P<a>\S+)"),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:the )?{_X} in {_A}"),
    (
        Intention.WANT,
        r"(?:please |maybe |perhaps )?(?:(?:can|could|would) (?:you|we|there) (?:please )?)?(?:also )?"
        r"(?:add|put|include|insert|show|draw|give (?:her|him|it|them|me)|have|use|try|place) (?:in )?"
        rf"{_X}",
    ),
    (Intention.WANT, rf"{_I} (?:want|would like|wish for|need|prefer|'d like)(?: to see| to have)? {_X}"),
    (Intention.WANT, rf"i'd (?:like|prefer|love)(?: to see| to have)? {_X}"),
    (
        Intention.WANT,
        rf"(?:there|it|this|he|she|they) (?:should|must|could|shall|needs? to)(?: also)? (?:be|have|show)? ?{_X}",
    ),
    (Intention.WANT, rf"(?:let|have) (?:her|him|it|them) {_X}"),
    (Intention.WANT, rf"(?:with|as|at|in|during|like)(?: a| an| the)? {_X}"),
    (Intention.WANT, _X),
)

_GUT = (
    r"(?:sehr |ganz |richtig |echt )?(?:gut|super|toll|schön|perfekt|klasse|prima|genial|spitze|in ordnung|ok|okay|"
    r"fein|"
    r"wunderbar)"
)
_HAESSLICH = (
    r"(?:sehr |ganz |richtig |echt )?(?:hässlich|schlecht|furchtbar|falsch|komisch|seltsam|schrecklich|blöd|"
    r"störend|kaputt)"
)
_IST = r"(?:ist|sind|sieht|wirkt)"
_ETWAS = r"(?:ein (?:bisschen|wenig) |etwas |viel |deutlich |noch |bitte |gern(?:e)? |mach (?:es|das) )*"

_GERMAN = _patterns(
    (Intention.NOTHING, rf"(?:das |es |so |alles )*{_IST}? ?(?:so )?{_GUT}(?: so)?|passt(?: so)?|(?:das )?gefällt mir"),
    (
        Intention.REMOVE,
        r"(?:behalte )?alles (?:andere )?(?:behalten |lassen |(?:ist|bleibt) (?:gut|so|super|toll) )?"
        rf"(?:außer|ausser|bis auf|nur nicht) {_X}",
    ),
    (Intention.KEEP, rf"(?:bitte )?nicht {_X} (?:entfernen|ändern|löschen|wegnehmen|anfassen|weglassen)"),
    (Intention.KEEP, rf"(?:bitte )?{_X} nicht (?:entfernen|ändern|löschen|wegnehmen|anfassen|weglassen)"),
    (Intention.KEEP, rf"(?:entferne|ändere|lösche) {_X} nicht"),
    (
        Intention.SWAP,
        rf"(?:statt|anstatt|anstelle)(?: von)? (?P<y>(?:(?:de[smr]|der|dem|einem|einer|eines) )?\S+),? {_X}",
    ),
    (Intention.SWAP, rf"(?:lieber )?{_X} (?:statt|anstatt|anstelle)(?: von)? {_Y}"),
    (Intention.SWAP, rf"(?:lieber )?{_X} (?:und )?nicht {_Y}"),
    (Intention.SWAP, rf"nicht {_Y},? sondern {_X}"),
    (Intention.SWAP, rf"(?:ersetze|tausche|wechsle) {_Y} (?:durch|gegen|mit) {_X}"),
    (Intention.SWAP, rf"{_Y} durch {_X} ersetzen"),
    (Intention.SWAP, rf"(?:ändere|verwandle|mach|mache) (?P<y>(?:den|die|das) .+?) (?:in|zu|zur|zum) {_X}"),
    (Intention.SWAP, rf"aus {_Y} (?:soll )?{_X} (?:machen|werden)"),
    (Intention.MORE, rf"(?:es (?:ist|gibt|hat) )?(?:zu wenige?|nicht genug) {_X}"),
    (Intention.LESS, rf"(?:es (?:ist|gibt|hat|sind) )?(?:viel )?zu viele?n? {_X}"),
    (Intention.LESS, rf"(?:bitte )?nicht (?:so|ganz so) viele? {_X}"),
    (Intention.LESS, rf"{_ETWAS}weniger {_X}"),
    (Intention.LESS, rf"{_X} (?:etwas |viel )?(?:weniger|reduzieren|abschwächen|schwächer)"),
    (Intention.LESS, rf"{_X} {_IST} zu (?:stark|viel|auffällig|dominant)"),
    (Intention.MORE, rf"{_ETWAS}(?:mehr|stärkere?r?s?) {_X}"),
    (Intention.MORE, rf"(?:betone|verstärke|hebe) {_X}(?: hervor)?"),
    (
        Intention.MORE,
        rf"{_X} (?:etwas |viel )?(?:mehr|betonen|verstärken|hervorheben|stärker)(?: betonen| hervorheben)?",
    ),
    (Intention.REMOVE, rf"(?:bitte )?(?:ganz )?(?:ohne|keine?n?|keiner) {_X}"),
    (Intention.REMOVE, rf"(?:ich (?:will|möchte|mag|brauche)|es soll|da soll) keine?n? {_X}(?: mehr| sein| geben)?"),
    (Intention.REMOVE, rf"ich (?:mag|will|möchte|brauche) {_X} nicht"),
    (Intention.REMOVE, rf"{_X} (?:gefällt|gefallen) mir (?:gar |überhaupt )?nicht"),
    (Intention.REMOVE, rf"mir (?:gefällt|gefallen) {_X} (?:gar |überhaupt )?nicht"),
    (Intention.REMOVE, rf"(?:bitte )?(?:entferne|lösche|streiche|vermeide) {_X}"),
    (Intention.REMOVE, rf"(?:bitte )?(?:nimm|lass|lasse|mach) {_X} (?:weg|raus|heraus|fort)"),
    (
        Intention.REMOVE,
        rf"{_X} (?:bitte )?(?:weg|raus|fort|entfernen|löschen|weglassen|wegnehmen|streichen|"
        r"(?:muss|müssen|soll|sollen) weg)",
    ),
    (Intention.TOO, rf"{_X} (?:{_IST} )?(?:ein bisschen |etwas |viel )?zu {_A}"),
    (Intention.TOO, rf"(?:es |das |alles )?(?:ist )?(?:ein bisschen |etwas |viel )?zu {_A}"),
    (Intention.KEEP, rf"(?:mir )?(?:gefällt|gefallen)(?: mir)? {_X}"),
    (Intention.KEEP, rf"{_X} (?:gefällt|gefallen) mir(?: sehr| gut)*"),
    (Intention.KEEP, rf"(?:bitte )?(?:behalte|lass|erhalte) {_X}(?: so| wie (?:es|er|sie) ist)?"),
    (Intention.KEEP, rf"ich (?:mag|liebe) {_X}"),
    (
        Intention.KEEP,
        rf"{_X} (?:bitte )?(?:so )?(?:lassen|behalten|beibehalten|bleibt|bleiben|erhalten|soll bleiben|sollen bleiben)",
    ),
    (Intention.KEEP, rf"{_X} {_IST} {_GUT}"),
    (Intention.BAD, rf"{_X} {_IST} {_HAESSLICH}(?: aus)?"),
    (Intention.BE, rf"(?:de[rn] |die |das )?{_X} (?:soll|sollte|muss|sollen|sollten) (?:aus )?{_A} (?:sein|werden)"),
    (Intention.WANT, rf"(?:bitte )?(?:mach|mache) (?:es|das(?: bild)?|alles)(?: zur?| zum| wie| als| mehr)? {_X}"),
    (Intention.BE, rf"(?:bitte )?(?:mach|mache|färbe|male) {_X} {_A}"),
    (Intention.BE_IF_ATTRIBUTE, rf"{_X} (?:lieber|bitte) (?:in )?{_A}"),
    (Intention.BE_IF_ATTRIBUTE, rf"{_X} in {_A}"),
    (Intention.WANT, r"(?:viel|noch|deutlich|etwas|ein bisschen) (?P<x>\S+er)"),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:de[rn] |die |das )?{_X} (?P<a>\S+er)(?: machen| bitte)?"),
    (Intention.WANT, rf"(?:bitte )?(?:füge|setze) {_X} (?:hinzu|ein|dazu)"),
    (Intention.WANT, rf"(?:bitte )?(?:noch )?{_X} (?:hinzufügen|dazu|ergänzen|einfügen)"),
    (Intention.WANT, rf"(?:sie|er|es|da|man) (?:soll|sollte|sollen|muss)(?: auch)? {_X}(?: sein| geben| haben)?"),
    (Intention.WANT, rf"ich (?:will|möchte|hätte gern(?:e)?|wünsche mir)(?: noch)? {_X}"),
    (Intention.WANT, rf"(?:dafür|lieber|mit|als|im|in|bei|am|zur|noch|bitte|gib (?:ihr|ihm)) {_X}"),
    (Intention.WANT, _X),
)

_BIEN = (
    r"(?:très |trop |vraiment |super )?(?:bien|bon|bonne|beau|belle|parfaite?s?|super|génial|géniale|magnifique|top|"
    r"superbe|ok)"
)
_MOCHE = r"(?:très |trop |vraiment )?(?:moche|laide?|mauvaise?|horrible|affreux|affreuse|bizarre|faux|fausse|raté)"
_EST = r"(?:est|sont|a l'air)"
_PEU = r"(?:un (?:peu|petit peu) |encore |beaucoup |bien |avec |il faut |mets |ajoute |nettement )*"
_DE = r"(?:de la |de l'|des |du |de |d'|les |le |la |l'|un |une )?"

_FRENCH = _patterns(
    (Intention.NOTHING, rf"(?:c'est |ça |tout )*(?:est )?{_BIEN}|j'aime(?: bien)?(?: ça)?"),
    (Intention.REMOVE, rf"(?:garde[rz]? )?(?:tout|le reste)(?: {_EST} {_BIEN})? (?:sauf|excepté|à part|hormis) {_X}"),
    (
        Intention.KEEP,
        rf"(?:s'il te plaît )?ne (?:change|touche|modifie|enlève|supprime|retire)[rz]?s? pas (?:à |au )?{_X}",
    ),
    (Intention.SWAP, rf"(?:au lieu|à la place|plutôt que) (?P<y>{_DE}\S+(?: de \S+)?),? {_X}"),
    (Intention.SWAP, rf"{_X} (?:au lieu|à la place|plutôt)(?: que)? {_Y}"),
    (Intention.SWAP, rf"(?:remplace|remplacer|échange|change|transforme)[rz]? {_Y} (?:par|avec|contre|en) {_X}"),
    (Intention.SWAP, rf"pas {_Y} mais {_X}"),
    (Intention.LESS, rf"(?:il y a )?(?:beaucoup )?trop (?:de |d'|des ){_X}"),
    (Intention.MORE, rf"(?:il n'y a )?pas assez (?:de |d'){_X}"),
    (Intention.LESS, rf"pas (?:tant|autant) (?:de |d'){_X}"),
    (Intention.LESS, rf"{_PEU}moins (?:de |d')?{_X}"),
    (Intention.LESS, rf"(?:réduis|réduire|diminue|diminuer|atténue|atténuer|baisse)[rz]? {_X}"),
    (Intention.REMOVE, rf"(?:plus (?:aucune?|jamais) |plus du tout )(?:de |d')?{_X}"),
    (Intention.REMOVE, rf"(?:il n'y a |y'a |je ne veux )plus (?:de |d'){_X}"),
    (Intention.MORE, rf"{_PEU}(?:plus|davantage) (?:de |d'){_X}"),
    (Intention.MORE, rf"(?:accentue|renforce|augmente|souligne|mets en valeur|insiste sur)[rz]? {_X}"),
    (Intention.REMOVE, rf"(?:sans|pas|aucune?|ni|zéro) (?:de |d'|du |des )?{_X}"),
    (
        Intention.REMOVE,
        rf"(?:enlève|enlever|supprime|supprimer|retire|retirer|ôte|efface|effacer|vire|évite|éviter)[rz]? {_X}",
    ),
    (Intention.REMOVE, rf"je (?:ne |n')?(?:veux|souhaite|aime) pas (?:de |d')?{_X}"),
    (Intention.REMOVE, rf"je n'aime pas {_X}"),
    (Intention.REMOVE, rf"je déteste {_X}"),
    (Intention.REMOVE, rf"{_X} (?:doit|doivent|devrait) (?:disparaître|partir)"),
    (Intention.TOO, rf"{_X} (?:{_EST} )?(?:un peu |beaucoup )?trop {_A}"),
    (Intention.TOO, rf"(?:c'est )?(?:un peu |beaucoup )?trop {_A}"),
    (Intention.KEEP, rf"(?:garde|garder|conserve|conserver|laisse|laisser)[rz]? {_X}"),
    (Intention.KEEP, rf"j'(?:aime|adore)(?: bien| beaucoup)? {_X}"),
    (Intention.KEEP, rf"{_X} me pla(?:ît|isent)"),
    (Intention.KEEP, rf"{_X} {_EST} {_BIEN}"),
    (Intention.BAD, rf"{_X} {_EST} {_MOCHE}"),
    (Intention.BE, rf"(?:le |la |les |l')?{_X} (?:doit|devrait|doivent|devraient) être (?:en |plus )?{_A}"),
    (Intention.WANT, rf"(?:beaucoup|un peu|encore|bien) plus (?!de )(?!d'){_X}"),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:le |la |les |l'|une? )?{_X} plus {_A}"),
    (Intention.BE_IF_ATTRIBUTE, r"(?:rends|mets|peins|fais) (?:le |la |les |l')?(?P<x>.+?) (?:en |plus )?(?P<a>\S+)"),
    (Intention.WANT, rf"(?:un peu |encore |beaucoup |bien )*plus {_X}"),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:le |la |les |l'){_X} en {_A}"),
    (Intention.WANT, rf"(?:ajoute|ajouter|mets|mettre|rajoute|inclus)[rz]? {_X}"),
    (Intention.WANT, rf"(?:elle|il|on|ça) (?:doit|devrait|peut) (?:être |avoir )?{_X}"),
    (Intention.WANT, rf"je (?:veux|voudrais|souhaite|préfère) {_X}"),
    (Intention.WANT, rf"il (?:faut|devrait y avoir|faudrait) {_X}"),
    (Intention.WANT, rf"(?:avec|en|comme|à|au|dans) {_X}"),
    (Intention.WANT, _X),
)

PATTERNS: Mapping[str, Sequence[Pattern]] = {ENGLISH: _ENGLISH, GERMAN: _GERMAN, FRENCH: _FRENCH}
