"""How a wish is worded in German: the first pattern that fits counts."""

from vibes.domain.refinement.rules.wordings.intentions import A, Intention, X, Y, patterns

_GUT = (
    r"(?:sehr |ganz |richtig |echt )?(?:gut|super|toll|schön|perfekt|klasse|prima|genial|spitze|in ordnung|ok|okay|"
    r"fein|"
    r"wunderbar)"
)
_HAESSLICH = (
    r"(?:sehr |ganz |richtig |echt )?(?:hässlich|schlecht|furchtbar|falsch|komisch|seltsam|schrecklich|blöd|"
    r"doof|daneben|langweilig|"
    r"störend|kaputt)"
)
_IST = r"(?:ist|sind|sieht|wirkt)"
_WAERE = (
    r"(?:wäre|wären|würde|würden)(?: (?:mir|echt|sehr|noch|viel|auch|doch))* "
    r"(?:schön|schöner|toll|gut|besser|cool|super|nett|klasse|lieber|gefallen|passen|besser passen)"
)
_ETWAS = r"(?:ein (?:bisschen|wenig) |etwas |viel |deutlich |noch |bitte |gern(?:e)? |mach (?:es|das) )*"

_DAS = r"(?:de[rn] |die |das |ihre?n? |seine?n? )?"
_VIEL = r"(?:ein (?:bisschen|wenig) |etwas |viel |deutlich |noch |mir |uns |einfach |irgendwie |bitte |ruhig |ganz )*"
_SOLL = r"(?:soll|sollte|sollen|sollten|muss|müssen|müsste|könnte|könnten|darf|dürfte|dürften|kann|können)"
_EIN = r"(?:eine?[nrs]?)"

_OF_NUMBERS_AND_CAMERA = patterns(
    (Intention.ONLY_ONE, rf"(?:bitte )?nur (?:noch )?{_EIN} (?:einzige[nrs]? )?{X}", rf"{_EIN} einzige[nrs]? {X}"),
    (
        Intention.ONE_MORE,
        rf"(?:noch {_EIN}|{_EIN} (?:weitere|zweite|zusätzliche)[nrs]?) {X}(?: (?:dazu|hinzu|hinzufügen|ergänzen))?",
    ),
    (
        Intention.ONE_FEWER,
        rf"(?:entferne?|lösche?|nimm|lass|streiche?) {_EIN} (?:der|von den) {X}(?: (?:weg|raus|heraus))?",
        rf"{_EIN} (?:der|von den) {X} (?:weg|raus|entfernen|löschen|kann weg|muss weg)",
        rf"{_EIN} {X} (?:weniger|zu viel)",
    ),
    (
        Intention.CLOSER,
        r"(?:etwas |viel |ein bisschen |noch |geh |gehe |geht |komm |die |kamera )*(?:näher|dichter(?= an| ran| "
        r"heran| dran))"
        r"(?: (?:an|am|zu|zur|zum|auf|ins?) .+?)?(?: (?:ran|heran|dran|rangehen))?",
        r"zoome?(?: mal| bitte| mehr| etwas)* (?:rein|ran|heran|hinein|auf .+)",
    ),
    (Intention.CLOSER, r"(?:\S+ )?\S+ (?:ist|sind|steht|stehen) (?:viel |etwas )?zu weit (?:weg|entfernt|hinten)"),
    (
        Intention.FARTHER,
        r"(?:\S+ )?\S+ (?:ist|sind|steht|stehen) (?:viel |etwas )?zu nah(?:e)?(?: dran| an .+| am "
        r".+)?",
    ),
    (
        Intention.FARTHER,
        r"(?:etwas |viel |ein bisschen |noch |geh |gehe |die |kamera )*weiter (?:weg|entfernt|raus|zurück)(?: .+)?",
        r"zoome?(?: mal| bitte| etwas)* (?:raus|heraus|weg)",
    ),
)
_OF_TOO_MUCH = patterns(
    (
        Intention.TOO,
        rf"(?:mach|mache) (?:es|das(?: bild)?|alles) (?:bitte )?nicht (?:so|zu|ganz so) {A}",
        rf"(?:mach |mache )?(?:de[rn] |die |das ){X} (?:{_SOLL} )?(?:bitte )?nicht (?:so|zu|ganz so) (?!viele?){A}"
        r"(?: (?:sein|werden|aussehen|wirken))?",
        rf"{X} (?:ist|sind|wirkt|wirken|sieht|sehen) {_VIEL}zu (?!viele?|stark|auffällig){A}(?: aus)?",
        rf"(?:ist|sind) {_DAS}{X} nicht (?:etwas |ein bisschen |viel )?zu {A}",
    ),
    (
        Intention.TOO_IF_ATTRIBUTE,
        rf"(?:mach |mache )?(?:de[rn] |die |das ){X} (?:etwas |viel )?weniger {A}(?: machen)?",
    ),
)
_OF_SOMEBODY = patterns(
    (Intention.WANT, r"(?:mach es |bitte |lieber )*(?P<x>in farbe|farbig)"),
    (Intention.KEEP, rf"ohne {X} geht(?: es|'s)? nicht"),
    (Intention.WANT, rf"als {X} (?:zeichnen|malen|darstellen|machen|rendern)", rf"(?:noch )?{X} (?:zeigen|einbauen)"),
    (Intention.REMOVE, rf"keine?n? {X} (?:haben|tragen|halten)"),
    (Intention.WANT, r"(?P<x>eine?n? .+?) (?:haben|tragen|halten|bekommen|aufhaben|anhaben)"),
    (Intention.MENTION, rf"{X} (?:ja|okay|ok)"),
    (Intention.LESS, r"nicht (?:so|ganz so|zu) viele?(?: (?P<x>davon))?"),
    (Intention.WANT, r"(?:zeige?|male?|mach|mache) (?:sie|ihn|es) (?P<x>(?:von|aus|bei|im|in|mit|als) .+)"),
    (Intention.REMOVE, rf"{_DAS}(?!er |sie |es )\S+ ohne {X}"),
    (Intention.WANT, rf"{X} (?:fotografiert|aufgenommen|gesehen|gezeigt)"),
    (Intention.NOTHING, r"damit .+"),
    (Intention.BE, rf"{_DAS}{X} (?:ist|sind|wirkt|wirken) nicht (?P<a>\S+) genug"),
    (Intention.INSTEAD, rf"{X} wären? (?:mir |doch |viel |noch )*(?:lieber|besser|schöner)"),
    (Intention.WANT, rf"ich vermisse {X}"),
    (
        Intention.WANT,
        rf"(?:alles|das ganze|insgesamt) (?!behalt|lass|gut|super|so |bleib|andere|auß|ausser|bis auf|ist |"
        rf"passt)(?:bitte |mal )?{_VIEL}{X}(?: machen)?",
    ),
    (
        Intention.WANT,
        rf"es (?:soll|sollte|darf|könnte|kann|muss) (?:ruhig |bitte |auch |gern |gerne |noch )+(?!nicht|kein){X}",
    ),
    (
        Intention.REMOVE,
        rf"(?:er|sie|es|da|{_DAS}\S+) {_SOLL} keine?n? {X} (?:mehr )?(?:tragen|haben|halten|sein|aufhaben|anhaben)",
        rf"(?:ihm|ihr|ihnen) {X} (?:abnehmen|wegnehmen|ausziehen)",
    ),
    (Intention.WANT, rf"(?:ihm|ihr|ihnen) {X} (?:geben|verpassen|aufsetzen|anziehen|malen|umhängen)"),
    (
        Intention.KEEP,
        rf"(?:fass|fasse|rühr|rühre|ändere|verändere|lösch|lösche|entfern|entferne|mach|mache) {X} (?:bitte |bloß "
        rf"|ja |auf keinen fall )*nicht"
        r"(?: an| weg| kaputt)?",
        rf"{X} auf (?:gar )?keinen fall (?:entfernen|ändern|verändern|löschen|wegnehmen|anfassen|weglassen)",
        rf"(?:lass )?(?:die )?finger weg vo[nm] {X}",
        rf"lass die finger vo[nm] {X}",
        rf"{X} {_SOLL} (?:bitte |unbedingt |auf jeden fall |genau )*(?:so |genauso )?(?:erhalten )?bleiben(?: wie .+)?",
        rf"{X} bleib(?:t|en) (?:bitte )?(?:so|da|genau so|unverändert|wie .+)",
    ),
    (
        Intention.BE,
        rf"{_DAS}(?!er |sie |es |da |man ){X} {_SOLL} {_VIEL}(?P<a>\S+) (?:wirken|aussehen|erscheinen|scheinen|"
        rf"schauen|gucken|dreinschauen|blicken)",
    ),
    (Intention.REMOVE, rf"auf (?:gar )?keinen fall {X}"),
    (
        Intention.WANT,
        rf"(?:er|sie|es|das bild|alles) {_SOLL} {_VIEL}{X} (?:wirken|aussehen|erscheinen|schauen|gucken|"
        rf"dreinschauen|blicken)",
    ),
    (Intention.HAVE, rf"(?:lass|lasse) {_DAS}{X} {A} (?:tragen|haben|halten)"),
    (
        Intention.SWAP,
        rf"(?:statt|anstatt|anstelle)(?: von)? (?P<y>(?:(?:auf|in|an|bei|mit) )?(?:(?:de[smr]|der|dem|einem|einer|"
        rf"eines) )?\S+),? "
        rf"(?:soll|sollte|sollen|sollten|möchte|will|hätte|könnte|bitte|lieber) (?:(?:er|sie|es|da|ich|gern|gerne|"
        rf"bitte|lieber|"
        rf"dort|hier) )*{X}(?: (?:sein|haben|sitzen|stehen|liegen|tragen|halten|sehen))?",
    ),
    (
        Intention.WANT,
        r"(?:stelle?|setze?|lege?|packe?|male?|zeichne|hänge?|tue?|mache?|füge?|pflanze) (?:noch |bitte |da |mal |"
        r"auch )*"
        r"(?P<x>(?:eine?n?|zwei|drei|vier|fünf|mehrere|ein paar|\d+) .+?)(?: (?:draus|daraus|hin|dazu|rein|hinzu|"
        r"ein|drauf|drunter|daneben|davor|dahinter|obendrauf|darauf))?",
    ),
    (Intention.MENTION, rf"(?:es gibt|da (?:ist|sind)|man sieht) keine?n? {X}"),
    (Intention.WANT, rf"(?:setze?|zieh|ziehe|häng|hänge|gib|leg|lege) (?:ihr|ihm|ihnen) {X}(?: (?:auf|an|um|dazu))?"),
    (Intention.REMOVE, rf"(?:nimm|zieh|ziehe) (?:ihr|ihm|ihnen) {X} (?:ab|weg|aus)"),
    (
        Intention.LESS,
        rf"(?:entferne?|lösche?|nimm) (?:die hälfte|einige|ein paar|manche)(?: de[rs]| von den)? {X}(?: weg| raus)?",
    ),
    (
        Intention.MORE,
        rf"man sieht (?:kaum|zu wenig|nicht genug)(?: von)? {X}",
        rf"man sieht {X} (?:kaum|zu wenig|nicht genug|nicht)",
    ),
    (Intention.LESS, rf"man sieht (?:zu viel|zu viele)(?: von)? {X}"),
    (
        Intention.TOO,
        rf"ich finde? {X} (?:etwas |viel |ein bisschen )?zu {A}",
        rf"{X} finde? ich (?:etwas |viel |ein bisschen )?zu {A}",
    ),
    (Intention.KEEP, rf"{X} finde? ich {_GUT}"),
    (Intention.BAD, rf"{X} finde? ich {_HAESSLICH}"),
    (
        Intention.DO_IF_DOING,
        rf"(?!.* (?:statt|anstatt|anstelle|als) )(?P<x>er|sie|es|de[rn] .+?|die .+?|das .+?) "
        rf"{_SOLL} (?:bitte |lieber |mal |auch )*{A}",
    ),
    (Intention.DO_IF_DOING, rf"(?:lass|lasse|lasst) {_DAS}{X} {A}"),
    (
        Intention.WANT,
        r"ich (?:will|möchte|hätte|würde|wünsche|brauche|nehme)(?: (?:gern|gerne|noch|lieber|bitte|da|auch|mir|"
        r"dort|hier|"
        rf"es|doch))+ (?!keine|nicht|mehr |weniger |statt |.* (?:als|statt|anstatt|anstelle) ){X}(?: sehen| haben)?",
    ),
    (Intention.MENTION, rf"(?:es|das) (?:sieht|wirkt) (?:ein bisschen |eher |fast )?(?:aus )?wie {X}(?: aus)?"),
)

_OTHERS = patterns(
    (
        Intention.NOTHING,
        rf"(?:das |es |so |alles )*{_IST}? ?(?:so )?{_GUT}(?: so)?|passt(?: so)?|"
        rf"(?:das )?gefällt mir",
    ),
    (Intention.NOTHING, r"(?:gar )?nicht (?:so )?(?:schlecht|übel)|sonst (?:ist )?alles gut"),
    (Intention.NOTHING, r"(?:sorry|danke|bitte|entschuldigung|vielen dank)(?: schön)?"),
    (Intention.MENTION, rf"(?:wo|warum|wieso|weshalb|was)(?: ist| sind| soll)? (?:denn )?(?:de[rn]|die|das) {X}"),
    (
        Intention.BE,
        rf"(?:ändere|ändre|mach|mache|färbe) die farbe (?:de[sr]|vo[nm]|der) {X} (?:in|zu|auf) {A}",
    ),
    (
        Intention.REMOVE,
        r"(?:behalte )?alles (?:andere )?(?:behalten |lassen |(?:ist|bleibt) (?:gut|so|super|toll) )?"
        rf"(?:außer|ausser|bis auf|nur nicht) {X}",
    ),
    (Intention.KEEP, rf"(?:bitte )?nicht {X} (?:entfernen|ändern|löschen|wegnehmen|anfassen|weglassen)"),
    (Intention.KEEP, rf"(?:bitte )?{X} nicht (?:entfernen|ändern|löschen|wegnehmen|anfassen|weglassen)"),
    (Intention.KEEP, rf"(?:entferne|ändere|lösche) {X} nicht"),
    (Intention.BE, rf"(?:de[rn] |die |das )?{X} (?:soll|sollte) {A} (?:statt|anstatt) .+? sein"),
    (
        Intention.SWAP,
        rf"(?:statt|anstatt|anstelle)(?: von)? (?P<y>(?:(?:de[smr]|der|dem|einem|einer|eines) )?\S+),? {X}",
    ),
    (Intention.SWAP, rf"(?:lieber )?{X} (?:statt|anstatt|anstelle)(?: von)? {Y}"),
    (Intention.SWAP, rf"(?:ich (?:hätte|will|möchte)(?: gern)? )?(?:lieber|eher) {X} als {Y}"),
    (
        Intention.SWAP,
        r"(?:mache? )?aus (?P<y>(?:(?:de[mr]|einem|einer|ihm|ihr) )?\S+) (?:bitte |soll |"
        r"sollte )*(?P<x>.+?)(?: werden| machen)?",
    ),
    (Intention.SWAP, rf"{X} wäre (?:besser|schöner|cooler) als {Y}"),
    (
        Intention.SWAP,
        r"(?:lieber )?(?P<x>(?!bitte |etwas |aber ).+?) (?:und )?nicht (?!so |ganz |mehr |zu )(?P<y>.+?)",
    ),
    (Intention.SWAP, rf"nicht {Y},? sondern {X}"),
    (Intention.SWAP, rf"(?:tausche?|wechsle) {Y} (?:gegen|durch) {X} aus"),
    (Intention.SWAP, rf"(?:ersetze?|tausche?|wechsle|wechsel) {Y} (?:durch|gegen|mit) {X}"),
    (Intention.SWAP, rf"{Y} durch {X} ersetzen"),
    (Intention.SWAP, rf"(?:ändere|verwandle|mach|mache) (?P<y>(?:den|die|das) .+?) (?:in|zu|zur|zum) {X}"),
    (Intention.SWAP, rf"aus {Y} (?:soll )?{X} (?:machen|werden)"),
    (Intention.MORE, rf"(?:es (?:ist|gibt|hat) )?(?:zu wenige?|nicht genug) {X}"),
    (Intention.LESS, rf"(?:es (?:ist|gibt|hat|sind) )?(?:viel )?zu viele?n? {X}"),
    (Intention.LESS, rf"(?:bitte )?nicht (?:so|ganz so) viele? {X}"),
    (Intention.LESS, rf"(?:bitte |es )?nicht (?:ganz )?(?:so|zu) (?:stark |sehr )?{X}"),
    (Intention.LESS, rf"(?:reduziere?|verringere?|schwäche|dämpfe?|mindere?) {X}(?: ab)?"),
    (Intention.LESS, rf"{X} {_IST} (?:viel |etwas |ein bisschen )?zu viele?"),
    (Intention.LESS, rf"{_ETWAS}weniger {X}"),
    (Intention.LESS, rf"{X} (?:etwas |viel )?(?:weniger|reduzieren|abschwächen|schwächer)"),
    (Intention.LESS, rf"{X} {_IST} zu (?:stark|viel|auffällig|dominant)"),
    (Intention.MORE, rf"{_ETWAS}(?:mehr|stärkere?r?s?) (?!wie |in richtung ){X}"),
    (Intention.MORE, rf"(?:betone|verstärke|hebe) {X}(?: hervor)?"),
    (
        Intention.MORE,
        rf"(?!keine?n? |nicht |ohne ){X} (?:etwas |viel )?(?:mehr|betonen|verstärken|hervorheben|"
        rf"stärker)(?: betonen| hervorheben)?",
    ),
    (Intention.REMOVE, rf"(?:bitte )?(?:ganz )?(?:ohne|keine?n?|keiner) {X}(?: mehr)?"),
    (Intention.REMOVE, rf"(?:nur )?(?:weg|raus|fort|schluss) mit {X}"),
    (Intention.REMOVE, rf"{X} (?:brauche ich|brauchen wir|braucht es|will ich|mag ich) nicht"),
    (Intention.REMOVE, rf"{X} (?:ist|sind) (?:überflüssig|unnötig|nicht nötig|zu viel des guten)"),
    (Intention.REMOVE, rf"auf {X} (?:kann ich|können wir) verzichten", rf"(?:bitte )?verzichte auf {X}"),
    (Intention.REMOVE, rf"{X} (?:stört|stören|passt nicht|passen nicht)(?: mich)?(?: da| hier| dazu| rein)*"),
    (Intention.REMOVE, rf"(?:ich (?:will|möchte|mag|brauche)|es soll|da soll) keine?n? {X}(?: mehr| sein| geben)?"),
    (Intention.REMOVE, rf"ich (?:mag|will|möchte|brauche) {X} nicht"),
    (Intention.REMOVE, rf"{X} (?:gefällt|gefallen) mir (?:gar |überhaupt )?nicht"),
    (Intention.REMOVE, rf"mir (?:gefällt|gefallen) {X} (?:gar |überhaupt )?nicht"),
    (Intention.REMOVE, rf"(?:bitte )?(?:entfern|lösch|streich|vermeid|beseitig)e? {X}"),
    (
        Intention.REMOVE,
        rf"(?:bitte )?(?:nimm|lass|lasse|mach|mache|tu|schneide?|nehmt) {X} (?:bitte )?(?:weg|raus|heraus|fort|ab)",
    ),
    (
        Intention.REMOVE,
        rf"{X} (?:bitte )?(?:weg|raus|fort|entfernen|löschen|weglassen|wegnehmen|streichen|wegmachen|rausnehmen|"
        rf"rausmachen|wegtun|ausblenden|"
        r"(?:muss|müssen|soll|sollen|sollte|sollten|kann|können|darf|dürfen) (?:bitte )?(?:weg|raus|"
        r"verschwinden|gehen))",
    ),
    (Intention.TOO, rf"(?:(?:es|das|alles|das bild) )?(?:ist |wirkt |noch )?(?:ein bisschen |etwas |viel )?zu {A}"),
    (Intention.TOO, rf"{X} (?:{_IST} )?(?:ein bisschen |etwas |viel )?zu {A}"),
    (Intention.UNCLEAR, r"(?:das |es )?gefällt mir (?:so |gar |noch |überhaupt )*nicht(?: so)?"),
    (Intention.REMOVE_IF_THERE, rf"{X} (?:aber )?(?:gar |lieber )?nicht"),
    (Intention.NOTHING, r"alles (?:andere )?(?:so )?(?:lassen|bleibt|bleibt so|so lassen|passt)"),
    (Intention.KEEP, rf"ich finde {X} {_GUT}"),
    (Intention.KEEP, rf"(?:mir )?(?:gefällt|gefallen)(?: mir)? {X}"),
    (Intention.KEEP, rf"{X} (?:gefällt|gefallen) mir(?: sehr| gut)*"),
    (
        Intention.KEEP,
        rf"(?:bitte )?(?:behalte?|lass|lasse|erhalte) {X}(?: bitte)?(?: genau)?(?: so| wie (?:es|er|sie) (?:ist|"
        rf"sind)| in ruhe)?",
    ),
    (Intention.KEEP, rf"ich (?:mag|liebe) {X}"),
    (
        Intention.KEEP,
        rf"{X} (?:bitte )?(?:so )?(?:lassen|behalten|beibehalten|bleibt|bleiben|erhalten|soll bleiben|"
        rf"sollen bleiben)",
    ),
    (Intention.KEEP, rf"{X} {_IST} {_GUT}"),
    (Intention.BAD, rf"ich finde {X} {_HAESSLICH}"),
    (Intention.BAD, rf"{X} {_IST} {_HAESSLICH}(?: aus)?"),
    (
        Intention.BE,
        rf"(?:de[rn] |die |das )?{X} (?:soll|sollte|muss|sollen|sollten|könnte|könnten|darf) "
        rf"(?:bitte |ruhig |noch |viel |etwas |ein bisschen )*(?:aus )?{A} (?:sein|werden)",
    ),
    (
        Intention.BE,
        rf"(?:kann|könnte|können|könnten) (?:de[rn] |die |das )?{X} (?:bitte |noch |etwas |"
        rf"viel )*(?:aus )?(?P<a>\S+) (?:sein|werden)",
    ),
    (Intention.BE, rf"(?:kannst du |könntest du )?(?:de[rn] |die |das ){X} (?P<a>\S+) (?:machen|malen|färben)"),
    (Intention.WANT, rf"(?:bitte )?(?:noch )?{X} {_WAERE}"),
    (Intention.WANT, rf"(?:es |da |mir |hier )*(?:fehlt|fehlen)(?: noch| mir)* {X}"),
    (Intention.WANT, rf"{X} (?:fehlt|fehlen)(?: mir)?(?: noch| da| hier)*"),
    (Intention.WANT, rf"(?:wie wär'?s|wie wäre es) mit {X}"),
    (Intention.WANT, rf"(?:mehr|eher) (?:wie|in richtung) {X}"),
    (Intention.WANT, rf"(?:es |da )(?:soll|sollte|muss) {X}"),
    (
        Intention.HAVE,
        rf"(?:de[rn] |die |das )?(?!er |sie |es |da |man ){X} (?:soll|sollte|muss|sollen|könnte) (?:bitte |"
        rf"auch |noch )*{A} "
        r"(?:haben|bekommen|kriegen|tragen|halten|anhaben|aufhaben)",
    ),
    (Intention.HAVE, r"(?:gib|gebt|verpass) (?P<x>(?:de[mnr]|einem|einer) \S+) {A}".replace("{A}", A)),
    (
        Intention.DO,
        rf"(?:de[rn] |die |das )?(?!er |sie |es |da |man ){X} (?:soll|sollte|muss|sollen|sollten|"
        rf"könnte) (?:bitte |auch |mal )*{A}",
    ),
    (Intention.WANT, rf"(?:bitte )?(?:mach|mache) (?:es|das(?: bild)?|alles)(?: zur?| zum| wie| als| mehr)? {X}"),
    (Intention.BE, rf"(?:bitte )?(?:mach|mache|färbe|male) {X} (?P<a>(?!dazu|rein|hinzu|weg|raus)\S+)"),
    (Intention.BE_IF_ATTRIBUTE, rf"{X} (?:lieber|bitte) (?:in )?{A}"),
    (Intention.BE_IF_ATTRIBUTE, rf"{X} in {A}"),
    (Intention.WANT, r"(?:viel|noch|deutlich|etwas|ein bisschen) (?P<x>\S+er)"),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:de[rn] |die |das )?{X} {_VIEL}(?P<a>\S+er)(?: machen| bitte)?"),
    (Intention.BE_IF_KNOWN, r"(?:de[rn] |die |das )?(?P<x>\S+) (?:etwas |viel |noch )*(?P<a>\S+)"),
    (
        Intention.WANT,
        rf"(?:bitte )?(?:füge?|setze?|mache?|tue?|gib|male?|packe?|stelle?) (?:noch )?{X} (?:mit )?(?:hinzu|ein|"
        rf"dazu|rein|drauf|hin)",
    ),
    (Intention.WANT, rf"(?:bitte )?(?:noch )?{X} (?:hinzufügen|dazu|ergänzen|einfügen|hinzu|rein)"),
    (Intention.WANT, rf"(?:sie|er|es|da|man) (?:soll|sollte|sollen|muss)(?: auch)? {X}(?: sein| geben| haben)?"),
    (
        Intention.WANT,
        rf"ich (?:will|möchte|hätte gern(?:e)?|wünsche mir|würde gern(?:e)?)(?: noch| lieber)? {X}(?: sehen| haben)?",
    ),
    (Intention.INSTEAD, rf"(?:lieber|eher|stattdessen|dann lieber) {X}", rf"{X} stattdessen"),
    (
        Intention.WANT,
        rf"(?:dafür|lieber|mit|als|wie|im|in|bei|am|zur|noch|bitte|nimm|nehmt|male?|zeige?|gib (?:ihr|ihm|ihnen)) "
        rf"(?:noch )?{X}",
    ),
    (Intention.UNCLEAR, r"(?:ändere?|verändere?|wechsle|verbessere?|korrigiere?|überarbeite|repariere?) .+"),
    (Intention.WANT, X),
)

PATTERNS = (*_OF_NUMBERS_AND_CAMERA, *_OF_TOO_MUCH, *_OF_SOMEBODY, *_OTHERS)
