"""How a wish is worded in English: the first pattern that fits counts."""

from vibes.domain.refinement.rules.wordings.english_details import DETAILS
from vibes.domain.refinement.rules.wordings.intentions import A, Intention, X, Y, patterns

_GOOD = (
    r"(?:just |really |very |so |absolutely )?(?:great|good|nice|fine|perfect|lovely|beautiful|awesome|amazing|"
    r"ok|okay|"
    r"cool|excellent|gorgeous|wonderful|fantastic)"
)
_UGLY = (
    r"(?:just |really |very |so |a bit )?(?:ugly|awful|terrible|bad|horrible|wrong|weird|strange|off|distorted|"
    r"deformed|broken|boring|annoying|distracting|mangled|creepy-looking)"
)
_IS = r"(?:is|are|looks?|seems?|feels?)"
_I = r"(?:i|we)"
_PERHAPS = r"(?:(?:ok(?:ay)?|well|hm+|oh|hey|actually|also|now|so|then|yes|no|please|maybe|perhaps)[,:]? )*"
_VERY = r"(?:really |just |very much |quite )?"

_OTHERS = patterns(
    (Intention.NOTHING, rf"(?:it|this|that|these|everything|all)?(?:'s)? ?{_IS}? ?{_GOOD}(?: as (?:it is|is))?"),
    (
        Intention.NOTHING,
        r"(?:it's |this is |that's )?not (?:so |too )?bad(?: at all)?|(?:the )?same(?: \w+)?(?: "
        r"again)?",
    ),
    (Intention.NOTHING, r"(?:so )?(?:sorry|thanks|thank you|thx|cheers|please)(?: a lot| so much)?"),
    (Intention.WANT, rf"(?:have|see|get|show|do|draw) (?:it|this) (?:at|in|during|with|as|from) (?:an? |the )?{X}"),
    (Intention.NOTHING, rf"(?:the )?(?:rest|others?|everything else) (?:(?:can |should )?(?:stays?|be)|{_IS}) .+"),
    (
        Intention.TOO,
        rf"{_I} (?:don'?t|do not) (?:really )?like how {A} (?:the )?{X} {_IS}",
        rf"(?:why|how come) (?:is|are) (?:the )?{X} so {A}",
    ),
    (Intention.BE, rf"(?:the )?{X} (?:is|are)(?:n't| not) (?P<a>\S+) enough"),
    (Intention.MORE, r"not (?P<x>\S+) enough"),
    (Intention.MENTION, rf"(?:where|why|how come|what(?:'s| is) with)(?:'s| is| are)? (?:the |that |all the )?{X}"),
    (Intention.NOTHING, rf"{_I} {_VERY}(?:like|love)d? (?:it|this|that|them|these)(?: .*)?"),
    (
        Intention.REMOVE,
        rf"(?:keep |leave |{_I} {_VERY}(?:like|love) )?(?:everything|all|the rest)(?: else)?(?:(?:'s|"
        rf" {_IS}) {_GOOD})? "
        rf"(?:but|except(?: for)?|apart from|besides|other than) {X}",
    ),
    (
        Intention.KEEP,
        r"(?:please )?(?:don'?t|do not|never) (?:you )?"
        rf"(?:remove|change|touch|lose|delete|drop|alter|replace|modify|take away) {X}",
    ),
    (
        Intention.SWAP,
        r"(?:instead|in place|in lieu) of (?P<y>(?:an? |the )?(?:\S+ )?\S+),? (?P<x>(?:an?|the|some|two|another) .+)",
    ),
    (
        Intention.SWAP,
        rf"(?:instead|in place|in lieu) of {Y},? (?:have|use|put|draw|i want|i would like|i'd (?:like|"
        rf"rather have|prefer)|"
        rf"make it|give me|let's have|there should be) {X}",
    ),
    (Intention.SWAP, rf"(?:instead|in place|in lieu) of {Y},? (?:have |use |put |draw |i want |make it )?{X}"),
    (
        Intention.SWAP,
        rf"(?:make it |have |use |put |draw |i want |i'd (?:like|prefer) )?{X} (?:instead|in place) of {Y}",
    ),
    (
        Intention.SWAP,
        rf"(?:make it |have |use |(?:i'd|i would|we'd) (?:rather|prefer)(?: (?:have|see|want))? |i prefer )?{X} "
        rf"rather than {Y}",
        rf"(?:(?:i'd|i would|we'd) (?:rather|prefer)(?: (?:have|see|want))?|(?:i|we) prefer) {X} over {Y}",
    ),
    (Intention.SWAP, rf"(?:i'd|i would|we'd) (?:rather|prefer to) (?:have |see |want )?{X} than {Y}"),
    (
        Intention.SWAP,
        rf"{X} (?:would|might|could) (?:be|look|work) (?:much |a lot )?(?:better|nicer|"
        rf"cooler) than {Y}",
    ),
    (Intention.SWAP, rf"not {Y}, (?:i (?:want|meant|said) |make it )?(?P<x>(?:an? |the ).+)"),
    (
        Intention.BE,
        rf"(?:change|turn|make|switch) (?:the )?colou?r of (?:the |his |her )?{X} (?:in)?to {A}",
        rf"(?:change|turn|make|switch) (?:the |his |her )?{X}(?:'s|s'|') colou?r (?:in)?to {A}",
    ),
    (Intention.SWAP, rf"(?:replace|swap|exchange|substitute|switch) {Y} (?:with|by|for|to) {X}"),
    (Intention.SWAP, rf"(?:turn|change|make|transform|convert) {Y} (?:into|to) {X}"),
    (
        Intention.SWAP,
        rf"(?:the )?{Y} (?:should|could|must|needs to|has to|may) (?:become|turn into|be replaced (?:by|with)|"
        rf"be swapped (?:for|with)) {X}",
    ),
    (Intention.SWAP, rf"(?:put |try |have )?{X} where (?:the )?{Y} (?:is|are|was|were)(?: now)?"),
    (Intention.SWAP, rf"not {Y},? but {X}"),
    (Intention.SWAP, rf"{Y} ?(?:-+>|=+>|→|➔) ?{X}"),
    (Intention.REMOVE, rf"(?:remove|delete|without|minus|no|out) ?[:=] ?{X}", rf"- ?(?!-){X}"),
    (Intention.MORE, rf"more ?[:=] ?{X}"),
    (Intention.LESS, rf"less ?[:=] ?{X}"),
    (Intention.KEEP, rf"keep ?[:=] ?{X}"),
    (Intention.WANT, rf"(?:add|with|plus|new) ?[:=] ?{X}"),
    (Intention.SWAP, rf"(?!no |more |less |keep |add |remove ){X},? not {Y}"),
    (Intention.MORE, rf"(?:there (?:is|are) )?(?:not enough|too little|too few) {X}"),
    (Intention.LESS, rf"(?:there (?:is|are) |it has )?(?:way |far )?too (?:much|many) (?!of (?:them|it)$){X}"),
    (Intention.LESS, rf"(?:not so|not as|not that) (?:much|many) {X}"),
    (Intention.LESS, rf"(?:make it |it's |should be )?not (?:so|as|that|quite so|quite as|overly) {X}"),
    (
        Intention.LESS,
        rf"(?:make it |with |a (?:bit|little) |much |slightly |use |have )*(?:less|fewer|weaker|reduced) (?:of )?{X}",
    ),
    (
        Intention.LESS,
        rf"(?:tone down|reduce|decrease|lower(?! camera| angle| viewpoint| view| horizon)|turn down|soften|weaken|"
        rf"de-?emphasi[sz]e|dial down|dial back|"
        rf"minimi[sz]e|cut back on|"
        rf"ease off on|go easy on|calm down) {X}",
    ),
    (Intention.LESS, rf"{X} (?:a bit |much )?less(?: prominent| visible)?"),
    (Intention.LESS, rf"(?:turn|dial|tone|bring) {X} (?:way |right |a bit |a little |a notch )*(?:down|back)"),
    (Intention.MORE, rf"(?:turn|dial|bring|pump|crank) {X} (?:way |right |a bit |a little |a notch )*up"),
    (Intention.MORE, rf"(?:turn up|dial up|pump up|crank up|bring out|bring up|amplify|punch up) {X}"),
    (Intention.LESS, rf"(?:there (?:is|are)|{_I} (?:see|have)) (?:way |far )?too (?:much|many) of (?P<x>them|it)"),
    (Intention.LESS, rf"{X} {_IS} too (?:strong|much|prominent|dominant|visible|intense)"),
    (
        Intention.REMOVE,
        r"(?:please )?(?:remove|delete|drop|lose|get rid of|take (?:away|out|off)|erase|eliminate|stop|ditch|"
        r"skip|cut|"
        r"kill|nuke|trash|toss|dump|chuck(?: out)?|strip(?: out| away)?|wipe(?: out)?|crop out|edit out|cut out|"
        r"do away with|"
        rf"leave out|omit|scrap|avoid|exclude|hide|clear) {X}",
    ),
    (Intention.REMOVE, rf"(?:take|leave|throw|cut|crop|edit|kick|cross) {X} (?:away|out|off)"),
    (Intention.REMOVE, rf"get {X} out(?: of (?:there|here|it|this|the (?:picture|image|frame|shot)))?"),
    (Intention.REMOVE, rf"(?:good)?bye(?:[- ]bye)? {X}", rf"neither {X}"),
    (Intention.REMOVE, rf"(?:away|out|off|down|enough) (?:with|of) {X}"),
    (Intention.REMOVE, rf"(?:there (?:is|was)|there's|{_I} (?:see|have)) no (?:need|reason|place) for {X}"),
    (Intention.REMOVE, rf"no need for {X}", rf"who needs {X}"),
    (
        Intention.REMOVE,
        rf"{_I} (?:could|can) (?:do|live) without {X}",
        rf"{_I} would(?:n't| not) (?:have|want|use|need) {X}",
    ),
    (
        Intention.REMOVE,
        rf"{X} (?:(?:do|does)(?:n't| not) (?:need|have) to be (?:there|here|in (?:it|there|the picture))|"
        r"(?:is|are)(?:n't| not) (?:needed|necessary|wanted|welcome)|(?:is|are) (?:un(?:necessary|wanted|"
        r"needed)|not needed)|"
        r"(?:do|does)(?:n't| not) (?:belong|fit|work|help)(?: (?:there|here|in))?|can be left out|"
        r"should(?:n't| not) be (?:there|here|in (?:it|there|the picture)))",
    ),
    (Intention.REMOVE, rf"{X} (?:has|have|needs?|ought|got|gotta) (?:got )?(?:to )?(?:go|leave|disappear)"),
    (Intention.REMOVE, rf"(?:with )?(?:no more|no|without|w/o|zero|minus) (?:any )?{X}"),
    (Intention.REMOVE, rf"{_I} (?:don't|do not) want (?:her|him|it|them|(?:the |his |her )?\S+) to (?:be )?{X}"),
    (
        Intention.REMOVE,
        rf"{_I} (?:don'?t|do not) {_VERY}(?:want|need|like|wish|love)(?: to see| to have)? (?:any )?{X}",
    ),
    (Intention.REMOVE, rf"(?:{_I} )?(?:hate|dislike|can(?:'?t| ?not) stand|am not (?:a fan of|into|fond of)) {X}"),
    (Intention.REMOVE, rf"(?:i'm |we're )?not (?:a (?:big )?fan of|into|fond of|keen on|sure about) {X}"),
    (
        Intention.REMOVE,
        rf"(?:please )?(?:don'?t|do not|never|under no circumstances|by no means) (?:add|show|draw|include|put|"
        rf"use|have) (?:any )?{X}",
    ),
    (Intention.REMOVE, rf"there (?:should|must|shall) (?:not be|be no) (?:any )?{X}"),
    (
        Intention.REMOVE,
        rf"{X} (?:should|must|has to|have to|can|could|may|might) (?:go(?: away)?|disappear|leave|be (?:removed|"
        rf"gone|deleted))",
    ),
    (
        Intention.REMOVE,
        rf"(?!zoom|move|go |.*(?:\b(?:is|are|was|were|looks?|seems?|too)|'s|'re) ){X} (?:away|gone|"
        rf"out|off)",
    ),
    (
        Intention.REMOVE,
        rf"(?:it|there|this|he|she|they) (?:should|must|can|could|do|does)(?:n'?t| not) (?:be|have|show|wear) "
        rf"(?:any )?{X}",
    ),
    (
        Intention.REMOVE,
        rf"(?:the )?(?:\S+ )?\S+ (?:should|must|can|could)(?:n't| not) (?:be (?:so )?)?(?!so |be ){X}",
    ),
    (Intention.REMOVE_IF_THERE, rf"not (?:an? |the |any )?(?!so |too |as |that |very |sure|really |quite |like ){X}"),
    (
        Intention.TOO,
        rf"(?:(?:it|this|that|everything|the (?:picture|image|scene))(?:'s| {_IS})? |{_IS} )?"
        rf"(?:a bit |a little |way |far |much )?too {A}",
    ),
    (Intention.TOO, rf"{X} (?:{_IS} )?(?:a bit |a little |way |far |much )?too {A}"),
    (
        Intention.MORE,
        rf"(?:emphasi[sz]e|highlight|accentuate|stress|boost|increase|strengthen|intensify|focus (?:more )?on) {X}",
    ),
    (
        Intention.MORE,
        rf"{X} (?:should|must|could|needs to) (?:stand out|be more (?:prominent|visible|dominant))(?: more)?",
    ),
    (
        Intention.MORE,
        rf"(?:it |this |{_I} )?(?:needs? |could use |wants? |get |have |see |would like |'?d like |want |make "
        rf"(?:it|this) |"
        rf"give (?:it|me|us) |add |with |"
        r"i'd like |let's have |there (?:should|could) be |put |"
        rf"a (?:bit|little) |much |some |lots |slightly |even |way |could you add )*"
        rf"(?:more|stronger|extra)(?: of)? (?!like ){X}",
    ),
    (
        Intention.BE,
        rf"{_I}(?:'d| would)? (?:want|like|love|prefer|need) (?:the |his |her )?{X} (?:to be |"
        rf"more )(?:more )?{A}",
    ),
    (
        Intention.WANT,
        rf"{_I}(?:'d| would) (?:love|like|prefer) (?:it|this) (?:to be |if it (?:was|were) )?(?:in |at |during )?{X}",
    ),
    (
        Intention.WANT,
        rf"(?:it|that)(?:'d| would) be (?:really |so )?\S+ if (?:it (?:was|were|had)|there (?:was|were)) {X}",
        rf"what if (?:it (?:was|were|had)|there (?:was|were)|we (?:add|added|had)) {X}",
        rf"(?:can|could) (?:it|there) be {X}",
        rf"(?:as if|like|as though) (?:it was |it were )?(?:painted|drawn|made|shot|taken) by {X}",
        rf"{_I} (?:really )?miss {X}",
        r"(?:give|get|hand) (?:the |that )?\S+ (?P<x>(?:an?|some|two|three) .+)",
        rf"(?:the )?(?!it |this |i |we |you )\S+ (?:needs|could use|wants|lacks|is missing) (?!to ){X}",
    ),
    (Intention.KEEP, rf"leave {X} (?:alone|as (?:it is|is|they are)|untouched|be|the way (?:it is|they are))"),
    (
        Intention.KEEP,
        rf"(?:please )?(?:keep|leave|preserve|retain|maintain|hold on to|stick with|stay with) {X}"
        r"(?: (?:just |exactly )?(?:as (?:it is|they are|is|it was)|like (?:this|that|it is)|the way (?:it is|"
        r"they are)|"
        r"the same|unchanged|exactly))?",
    ),
    (Intention.KEEP, rf"{_I} {_VERY}(?:like|love|adore|enjoy)d? {X}"),
    (
        Intention.WANT,
        rf"{X} (?:would|might|could) (?:be|look|feel|work) (?:really |very |so |even )?(?:nice|great|good|cool|"
        rf"lovely|better|fun|"
        rf"sweet|neat|"
        r"perfect|awesome|amazing|nicer|cooler)",
    ),
    (Intention.WANT, rf"(?:it's|it is|this is) (?:missing|lacking) {X}", rf"what(?:'s| is) missing is {X}"),
    (Intention.WANT, rf"{X} (?:is|are) missing", rf"(?:missing|lacks) {X}"),
    (Intention.WANT, rf"(?:what|how) about {X}"),
    (Intention.WANT, rf"(?:a bit |much |even )?more like {X}"),
    (Intention.WANT, rf"(?:(?:have|do|make) it )?(?:closer to|in the (?:style|manner) of|think) {X}"),
    (Intention.BE, rf"(?:can|could|may) (?:the |his |her )?{X} be (?:a bit |more )?{A}"),
    (Intention.KEEP, rf"(?:love|like|loving|loved|liked|nice work on|good job on) {X}"),
    (Intention.KEEP, rf"{X} {_IS} {_GOOD}"),
    (Intention.KEEP, rf"{X} (?:should |can |must )?(?:stays?|remains?)"),
    (Intention.KEEP, rf"(?:great|nice|good|perfect|lovely|beautiful) {X}"),
    (Intention.BAD, rf"{X} {_IS} {_UGLY}", rf"{_I} find {X} {_UGLY}"),
    (
        Intention.BE,
        rf"(?:the )?{X} (?:should|must|could|shall|needs? to|has to|have to) be (?!an? )(?:made of |"
        rf"more )?{A}",
    ),
    (Intention.BE_IF_ATTRIBUTE, r"make (?P<x>it) (?:a bit |a little |much |more |even )*(?P<a>\S+)"),
    (
        Intention.WANT,
        rf"(?:please )?(?:make|turn|set) (?:it|this|that|everything|the (?:picture|image|scene))"
        rf"(?: look)?(?: a bit| a little| a lot| much| more| be| like| a| an| into| to)* {X}",
    ),
    (
        Intention.DO,
        r"(?:let|have|make) (?:the |his |her )?(?P<x>(?:\S+ ){0,2}?\S+) "
        r"(?P<a>(?:wear|hold|carry|ride|look|sit|stand|walk|run|fly|read|smile|laugh|hug|wave|point|lean|face|"
        r"jump|dance|"
        r"sing|sleep|swim|fall|rise|float|play|drink|eat|kiss|touch|watch|come)(?: .+)?)",
    ),
    (Intention.BE, rf"make (?P<x>her|him|them) {A}"),
    (
        Intention.BE_IF_ATTRIBUTE,
        r"(?:make|paint|colou?r|turn) (?:the |his |her |their )?(?P<x>.+?) (?:even |a bit "
        r"|a little |much |way |more |slightly |somewhat )*(?P<a>\S+)",
    ),
    (
        Intention.BE_IF_ATTRIBUTE,
        rf"(?:the )?{X} in {A}",
        rf"(?:the )?{X}: ?{A}",
        r"(?:the |his |her )?(?P<x>\S+) more (?P<a>\S+)",
    ),
    (Intention.BE_IF_ATTRIBUTE, r"(?:the |his |her )(?P<x>\S+) (?P<a>\S+)", r"(?P<x>everything|all) (?P<a>\S+)"),
    (Intention.REMOVE_IF_THERE, rf"(?:the )?{X} not"),
    (
        Intention.BE_IF_ATTRIBUTE,
        rf"(?:the |his |her |their )?{X} (?:should|must|could|shall|needs to|has to|would)(?: be| look| appear)? "
        r"(?:a (?:bit|little|lot) |much |way |more |even |slightly )*(?P<a>\S+)",
    ),
    (
        Intention.DO,
        rf"(?!there |here )(?:the |his |her |their |an? )?{X} (?:should|must|could|shall|needs to|has to) (?:be "
        rf")?(?P<a>.+)",
    ),
    (
        Intention.BE_IF_KNOWN,
        r"(?:the |his |her |their )?(?P<x>(?:\S+ )?\S+?) (?:a (?:bit|little|lot) |much |way |even |"
        r"slightly )*(?P<a>\S+(?:er))",
    ),
    (
        Intention.WANT,
        r"(?:please |maybe |perhaps )?(?:(?:can|could|would) (?:you|we|there) (?:please )?)?(?:also |now |just )*"
        r"(?:add|put|include|insert|show|draw|give (?:her|him|it|them|me|us)|throw|bring|stick|paint|slap|"
        r"go for|let's have|let there be|do|get (?:me|us)|have|use|try|place) (?:in )?"
        rf"{X}",
    ),
    (Intention.WANT, rf"{_I} (?:want|would like|wish for|need|prefer|'d like)(?: to see| to have)? {X}"),
    (Intention.WANT, rf"i'd (?:like|prefer|love)(?: to see| to have)? {X}"),
    (
        Intention.WANT,
        rf"(?:there|it|this|he|she|they) (?:should|must|could|shall|needs? to)(?: also)? (?:be|have|show)? ?{X}",
    ),
    (Intention.WANT, rf"(?:let|have) (?:her|him|it|them|there)(?: be)? {X}"),
    (Intention.UNCLEAR, r"(?:change|alter|modify|rework|redo|fix|improve|adjust|correct) (?!of ).+"),
    (Intention.WANT, rf"(?:with|as|at|in|during|like)(?: a| an| the)? {X}"),
    (Intention.WANT, X),
)

PATTERNS = (*DETAILS, *_OTHERS)
