"""How English speaks of numbers, the camera, too much, and somebody in the picture: looked for before the rest."""

from vibes.domain.refinement.rules.wordings.intentions import A, Intention, X, Y, patterns

_I = r"(?:i|we)"
_THE = r"(?:the |his |her |their |its )?"
_BIT = r"(?:a (?:bit|little|lot|touch|tad) |much |way |far |even |slightly |somewhat )*"
_SO = r"(?:so|as|that|quite so|quite as|too|overly)"
_WISHING = (
    r"(?:(?:i|we)(?:'d| would)? (?:want|like|love|prefer|need)(?: to (?:see|have))?|there (?:should|could|must) be|"
    r"give (?:me|us|her|him|it|them)|make it|let's have|add|put|have|use|try|draw|show)"
)

_SHADE = (
    r"(?:sage|navy|lime|forest|sky|ice|blood|rose|hot|pale|light|dark|deep|bright|neon|pastel|olive|baby|royal|"
    r"mint|lemon|"
    r"brick|burnt|dusty|electric|emerald|midnight|powder|steel|wine)"
)
_OF_NUMBERS_AND_CAMERA = patterns(
    (
        Intention.INSTEAD,
        rf"(?:{_WISHING} )?(?!.*instead of){X},? instead",
        rf"instead,? (?!of )(?:{_WISHING} )?{X}",
        r"(?!.*instead of)(?:put|place|set|move) (?:him|her|it|them) (?P<x>(?:in|on|at|into|onto|inside) .+)",
    ),
    (Intention.ONLY_ONE, rf"(?:{_WISHING} )?(?:only|just) (?:an?|one|a single) {X}", rf"(?:{_WISHING} )?a single {X}"),
    (Intention.ONE_MORE, rf"(?:{_WISHING} )?(?:another|one more|an? (?:second|extra|additional)) {X}"),
    (
        Intention.ONE_FEWER,
        rf"(?:remove|drop|lose|delete|get rid of|take away|cut) one of (?:the |those |these |his |her |their )?{X}",
        rf"one {X} (?:less|fewer|too many)",
        rf"one (?:less|fewer) {X}",
    ),
    (
        Intention.CLOSER,
        rf"(?:get|go|move|come|step|zoom|bring (?:it|us)|pull|push)(?: the camera)? {_BIT}(?:closer|nearer|in)(?: "
        rf"closer)?"
        r"(?: (?:to|on|at|into) .+)?",
        rf"(?:the )?(?:camera |shot |framing |view )?(?:should be |could be )?{_BIT}(?:closer|nearer)"
        r"(?: (?:to|on|up on|up to|up) (?!an? ).+)?",
    ),
    (
        Intention.CLOSER,
        r"\S+(?: \S+)?(?:'s|'re| is| are| looks?| seems?)? (?:a bit |a little |way |much )?too "
        r"far(?: away)?",
    ),
    (
        Intention.FARTHER,
        r"\S+(?: \S+)?(?:'s|'re| is| are| looks?| seems?)? (?:a bit |a little |way |much )?too "
        r"close(?: up)?",
    ),
    (
        Intention.FARTHER,
        rf"(?:zoom|move|pull|step|go)(?: the camera)? {_BIT}(?:out|back|away|farther|further)(?: (?:away|back|out|"
        rf"from))?"
        r"(?: .+)?",
        rf"(?:the )?(?:camera |shot |view )?(?:should be )?{_BIT}(?:farther|further) (?:away|back|out)(?: .+)?",
        r"show more of the (?:scene|surroundings|environment)",
    ),
)
_OF_TOO_MUCH = patterns(
    (
        Intention.TOO,
        rf"{_THE}{X} (?:should|could|must|needs? to|has to) (?:be|look) {_BIT}less (?P<a>\S+)",
        rf"(?:make|have) {_THE}{X} (?:be |look ){_BIT}less (?P<a>\S+)",
    ),
    (
        Intention.TOO,
        rf"(?:don'?t|do not) (?:make|have|let) (?:it|this|everything|the (?:picture|image|scene)) (?:look |be "
        rf")?{_SO} {A}",
        rf"(?:don'?t|do not) (?:make|have|let) {_THE}{X} (?:look |be )?{_SO} {A}",
        rf"{_THE}{X} (?:should|must|need|does|do)(?:n't| not)(?: need)?(?: to)? (?:be|look) {_SO} {A}",
        rf"(?:is|are)(?:n't| not) {_THE}{X} {_BIT}too {A}",
        rf"(?!make it|it |it's |should be ){_THE}{X} not {_SO} (?!many |much ){A}",
    ),
    (
        Intention.TOO_IF_ATTRIBUTE,
        rf"(?:make |have |turn )?{_THE}{X} (?:to be |should be |could be |be |look )?{_BIT}less {A}",
    ),
    (
        Intention.LESS,
        rf"{_THE}\S+ (?:should|must|do|does|need)(?:n't| not)(?: need)?(?: to)? (?P<x>\S+) (?:that|so|as) much",
    ),
)
_OF_SOMEBODY = patterns(
    (
        Intention.SWAP,
        rf"{_THE}(?!he |she |it |they |this |that |there ){Y} (?:should|must|could) be (?P<x>an? (?!bit |little |"
        rf"lot |touch |tad ).+)",
    ),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:make|paint|turn|have) {_THE}{X} (?P<a>\S+ (?:with|made of|covered in) .+)"),
    (Intention.UNCLEAR, r"(?:no one|nobody) (?!in |on |at |behind |else).+"),
    (Intention.REMOVE, rf"take {X} down"),
    (
        Intention.HAVE,
        r"give (?:the |his |her )(?P<x>(?!an? |the |some )\S+) (?!an? |some |two |three |more |less "
        r")(?P<a>\S+ .+)",
    ),
    (Intention.SWAP, rf"{_I}(?:'d| would)? prefer {X} to (?P<y>(?:the |an? |that )?\S+)"),
    (Intention.BE, rf"(?:make|paint|colou?r|turn|dye) {_THE}{X} (?P<a>{_SHADE} \S+)"),
    (Intention.BE, rf"{_THE}{X} (?:should|could|must|can) be (?P<a>{_SHADE} \S+)"),
    (Intention.INSTEAD, rf"(?:switch|change|go|move over) (?:to|for|with) (?!the (?:left|right|top|bottom)){X}"),
    (Intention.REMOVE, rf"(?:turn|switch) off {X}", rf"(?:turn|switch) {X} off"),
    (Intention.LESS, rf"(?:it |this |that )?(?:looks|is|feels|seems) (?:way |a bit )?too much like (?:an? |the )?{X}"),
    (
        Intention.WANT,
        rf"(?:i|we)(?:'d| would)? (?:want|like|prefer|need) (?:it|this|everything) (?!to |in |at |with "
        rf"){_BIT}(?P<x>\S+)",
    ),
    (
        Intention.REMOVE,
        rf"(?:it|this|that|he|she|they) (?:should|must|does|do)(?:n't| not) (?:look|feel|seem) (?:so much )?like {X}",
        rf"stop (?:with|it with|showing|adding|drawing) {X}",
        r"(?:the |an? |his |her )?\S+(?: \S+)? without (?P<x>.+)",
    ),
    (
        Intention.WANT,
        rf"(?:try|make|want|paint|render) (?:it|this) (?:as|in the style of|like) {X}",
        rf"(?:i|we) wish (?:there (?:was|were)|it (?:was|were|had)|(?:he|she) had) {X}",
        r"(?:show|draw|paint|see) (?:her|him|them|it|me) (?P<x>(?:from|at|in|on|with|without|as) .+)",
    ),
    (Intention.LESS, r"not (?:so|that|quite so) (?:much|many)(?: of)?(?: (?P<x>it|them))?"),
    (
        Intention.BE,
        rf"(?:the )?{X} (?:can|may) be {_BIT}(?!an? |there|here|seen|gone|removed|replaced|left|in |on "
        rf"|at ){A}",
    ),
    (
        Intention.KEEP,
        rf"{_I} (?:really |just )?(?:like|love) how (?P<x>\S+) (?:it|this|everything|he|she|they|the .+) (?:is|"
        rf"are|looks?|feels?)",
    ),
    (
        Intention.WANT,
        r"(?:it|this|that|he|she|they|the (?:picture|image|scene)) (?:really |just )?(?:needs|could use|lacks|"
        r"deserves|is missing) "
        rf"(?!to |more |less |fewer ){X}",
        rf"(?:seen|shot|viewed|taken|photographed) {X}",
    ),
    (Intention.NOTHING, r"so (?:that )?(?:we|you|i|one|it|people|everyone) .+", r"(?:this|it) way .+"),
    (Intention.WANT, rf"(?:i'm|i am|we're) (?:really )?missing {X}"),
    (Intention.INSTEAD, rf"{X} would be (?:much |way |a lot |even )?(?:better|preferable)"),
    (
        Intention.UNCLEAR,
        r"(?:no one|nobody|none of .+|not everyone) (?:should|must|may|can|is|are|has|needs) .+",
        r"(?:remove|delete|drop|lose|get rid of|take away|erase) .+ (?:except|but|apart from|other than) .+",
    ),
    (Intention.MENTION, rf"there (?:is|are|'s) no {X}", rf"there's no {X}"),
    (
        Intention.LESS,
        rf"(?:remove|lose|drop|cut|delete|get rid of|take away) (?:about )?(?:half|some|most|a few|a couple)(?: "
        rf"of)? {X}",
        rf"{_I} (?:can )?see too much of {X}",
    ),
    (
        Intention.MORE,
        rf"(?:i|you|one|we) can (?:barely|hardly) see {X}",
        rf"(?:i|you|one|we) (?:can't|cannot|can not|don't)(?: really)? see (?!any point|why|how|what){X}",
    ),
    (
        Intention.REMOVE,
        r"(?:remove|delete|erase|clear) (?P<x>\S+(?: \S+)?) from (?:the |his |her |their )?\S.*",
    ),
    (
        Intention.BE_IF_ATTRIBUTE,
        rf"(?:make|have|let) {_THE}{X} (?:look|seem|appear|be|feel) (?:more )?{_BIT}(?P<a>\S+)",
        rf"{_I} find {_THE}{X} not (?P<a>\S+) enough",
    ),
    (Intention.TOO, rf"{_I} (?:find|think) {_THE}{X} (?:is |are )?{_BIT}too {A}"),
    (
        Intention.DO,
        r"(?:move|put|place|set|shift) (?:the |his |her )(?P<x>\S+)(?: over)? (?P<a>(?:to the (?:left|right)|"
        r"further|on|in|at|next "
        r"to|behind|under|above|beside|in front of|near|into|onto|by|between|closer to)\b.*)",
        r"(?:the |his |her )(?P<x>\S+(?: \S+)?) (?:should|must|could|needs to|has to) (?:be |go )(?P<a>(?:to the "
        r"(?:left|right)|on|in "
        r"the|at the|next to|behind|under|above|beside|in front of|near|by|between|closer to)\b.+)",
    ),
    (
        Intention.WANT,
        rf"{_I}(?:'d| would)(?: really| also)? (?:love|like|enjoy|prefer|appreciate)(?: to (?:see|have|get))?(?: "
        rf"it with)? "
        rf"(?!it |this |less |fewer |more |if |.*(?:instead of|in place of|than|over the|to be|to look|to have|to "
        rf"wear) ){X}",
        rf"bring back (?:the )?{X}",
    ),
    (Intention.SWAP, rf"(?:swap|switch|trade)(?: out)? {Y} (?:for|with|against) {X}"),
    (
        Intention.BE_IF_KNOWN,
        rf"(?:make|paint|colou?r|turn|dye|let|have) (?:his|her|their|its) (?P<x>.+?) (?:be |look |more "
        rf")?{_BIT}(?P<a>\S+)",
    ),
    (
        Intention.WANT,
        rf"(?:i|we)(?:'d| would)? (?:want|like|love|prefer|need) it to (?:be |look |feel )(?:more |like )*{X}",
    ),
    (
        Intention.DO,
        r"(?:i|we)(?:'d| would)? (?:want|like|love|prefer|need) (?:the |his |her )?(?P<x>(?:\S+ )?\S+) to (?!be "
        r")(?P<a>.+)",
    ),
    (
        Intention.BE_IF_ATTRIBUTE,
        rf"{_THE}{X} (?:would|might|could) (?:be|look|work) {_BIT}(?:better|nicer|cooler|great|good|nice|cool) "
        r"(?:in|as|if (?:it|they) (?:was|were)) (?P<a>\S+)",
        rf"what if {_THE}{X} (?:was|were|is|are) {_BIT}(?P<a>\S+)",
        rf"(?:can|could) (?:you |we )?(?:make |have |get ){_THE}{X} in (?P<a>\S+)",
    ),
    (
        Intention.WANT,
        rf"(?:should|must|could|needs? to|has to) (?:be|look|feel) (?:more |like )*{_BIT}(?!so |less ){X}",
    ),
    (Intention.WANT, rf"(?:more |something |think )?like an? {X}"),
    (Intention.MORE, r"(?:way |much |a lot |even |far |lots |a bit |a little |some )+(?P<x>more)"),
    (
        Intention.MENTION,
        rf"(?:it|this|that) (?:just |kind of |almost |really )?(?:looks|seems|feels) like (?:an? |the )?{X}",
    ),
    (
        Intention.REMOVE,
        rf"(?:get|take|pull|wipe|sweep|clear) {X} off (?:of )?(?:the |his |her |their |its )?\S.*",
        rf"(?:take|pull|get) (?!out ){X} out of (?:the |his |her |their |its )?\S.*",
    ),
)

_OF_DOING = patterns(
    (
        Intention.DO,
        r"(?:let|have|make) (?:the |his |her )(?P<x>(?:\S+ )?\S+) (?P<a>(?:glow|shine|sparkle|burn|melt|explode|"
        r"float|bloom|roar|howl|bark|"
        r"fight|attack|chase|climb|crawl|throw|catch|kick|punch|cook|paint|draw|write|talk|shout|scream|yawn|wink|"
        r"frown|blush|kneel|crouch|"
        r"pose|gallop|stretch|lie|rest|hide|wait|work|drive|sail|fish|hunt|pray|dive|flicker|drip|smoke|cry|shake|spin|"
        r"stare|grin)(?: .+)?)",
    ),
    (
        Intention.DO,
        r"(?:let's )?(?:have|let) (?P<x>him|her|them) (?!be |have |a |an |the |more |less |in |with "
        r")(?P<a>[a-z]+(?: .+)?)",
    ),
)

DETAILS = (*_OF_NUMBERS_AND_CAMERA, *_OF_TOO_MUCH, *_OF_SOMEBODY, *_OF_DOING)
