"""How a wish is worded in French: the first pattern that fits counts."""

from vibes.domain.refinement.rules.wordings.intentions import A, Intention, X, Y, patterns

_BIEN = (
    r"(?:très |trop |vraiment |super )?(?:bien|bon|bonne|beau|belle|parfaite?s?|super|génial|géniale|magnifique|top|"
    r"superbe|ok)"
)
_MOCHE = r"(?:très |trop |vraiment )?(?:moche|laide?|mauvaise?|horrible|affreux|affreuse|bizarre|faux|fausse|raté)"
_EST = r"(?:est|sont|a l'air)"
_SERAIT = (
    r"(?:serait|seraient|ferait|feraient|rendrait)"
    r"(?: vraiment| très| plus)* (?:bien|sympa|mieux|top|cool|parfait|beau|joli|chouette)"
)
_ETRE = r"(?:doit|devrait|doivent|devraient|peut|pourrait|peuvent|pourraient)(?:-(?:il|elle)s?)?"
_PEU = r"(?:un (?:peu|petit peu) |encore |beaucoup |bien |avec |il faut |mets |ajoute |nettement )*"
_DE = r"(?:de la |de l'|des |du |de |d'|les |le |la |l'|un |une )?"

_LE = r"(?:le |la |les |l'|son |sa |ses |leurs? )?"
_UN_PEU = r"(?:un peu |un petit peu |beaucoup |bien |nettement |encore )?"
_FAIS = r"(?:rends|rendez|rendre|rend|mets|mettre|peins|peindre|fais|faites|faire|colore|colorer)"

_OF_NUMBERS_AND_CAMERA = patterns(
    (
        Intention.ONLY_ONE,
        rf"(?:je (?:veux|voudrais) |mets |avec )?(?:une? seule?|(?:seulement|juste|uniquement) une?) {X}",
        rf"(?:il n'y a |je ne veux |plus )qu'une? (?:seule? )?{X}",
    ),
    (
        Intention.ONE_MORE,
        rf"(?:ajoute |mets |je (?:veux|voudrais) )?(?:encore une?|une? autre|une? (?:deuxième|seconde?)) {X}",
        rf"(?:ajoute |mets )?une? {X} (?:de|en) plus",
    ),
    (
        Intention.ONE_FEWER,
        rf"(?:enlève|retire|supprime|vire|efface)[rz]? (?:l')?une? des {X}",
        rf"une? {X} (?:de|en) (?:moins|trop)",
    ),
    (
        Intention.CLOSER,
        rf"{_UN_PEU}plus (?:près|proche)(?: (?:du |de |d'|des ).+)?",
        r"zoome[rz]?(?: .+)?",
        r"r?approche(?:[rz]|-toi|-nous)?(?: .+)?",
    ),
    (Intention.CLOSER, r"(?:\S+ )?\S+ (?:est|sont) (?:beaucoup |un peu )?trop loin(?: .+)?"),
    (Intention.FARTHER, r"(?:\S+ )?\S+ (?:est|sont) (?:beaucoup |un peu )?trop (?:près|proches?)(?: .+)?"),
    (Intention.FARTHER, rf"{_UN_PEU}plus loin(?: .+)?", r"dézoome[rz]?(?: .+)?", r"recule[rz]?(?: .+)?"),
)
_OF_TOO_MUCH = patterns(
    (
        Intention.TOO,
        rf"(?:ne )?(?:le |la |les )?{_FAIS} pas (?:ça |tout |l'image )(?:si|aussi|trop) {A}",
        rf"(?:ne )?{_FAIS} pas {_LE}{X} (?:si|aussi|trop) {A}",
        rf"{_LE}{X} (?:ne |n')?(?:doit|devrait|doivent|devraient) pas être (?:si|aussi|trop) {A}",
        rf"{_LE}{X} pas (?:si|aussi|trop) (?!de ){A}",
    ),
    (Intention.TOO_IF_ATTRIBUTE, rf"(?:{_FAIS} )?{_LE}{X} {_UN_PEU}moins {A}"),
)
_OF_SOMEBODY = patterns(
    (
        Intention.HAVE,
        r"(?:mets|donne)[rz]? (?P<a>.+?) (?:à la |au |à l'|aux )(?P<x>(?!gauche|droite|place|fond|milieu|premier|"
        r"loin|centre)\S+)",
    ),
    (Intention.DO_IF_DOING, rf"(?P<x>le|la|les) faire {A}"),
    (Intention.WANT, rf"(?:avoir|porter|tenir) (?!l'air ){X}"),
    (Intention.LESS, r"pas (?:autant|tant|trop)(?: (?P<x>ça))?"),
    (Intention.WANT, rf"(?:montre|peins|dessine)[rz]?[- ](?:le|la|les) {X}"),
    (Intention.REMOVE, rf"(?:le |la |les |l')\S+ sans {X}"),
    (Intention.INSTEAD, rf"(?:mets|mettre|fais|faire|dessine|je (?:veux|voudrais)) (?:plutôt|à la place) (?!.* qu){X}"),
    (Intention.NOTHING, r"pour qu.+"),
    (Intention.BE, rf"{_LE}{X} (?:n'est|n'a l'air|est|ne sont|sont) pas assez (?P<a>\S+)"),
    (Intention.INSTEAD, rf"(?!.* que ){X} (?:serait|seraient) (?:bien |beaucoup )?(?:mieux|préférables?)"),
    (
        Intention.WANT,
        rf"(?:que |qu')(?:ce|il|elle|ça) (?:soit|fasse) (?:plus )?{X}",
        rf"tout (?:en )?(?:plus )?(?!sauf){X}",
    ),
    (Intention.KEEP, rf"{X} {_ETRE} rester(?: .+)?", rf"(?:le |la |les |l'){X} restent?(?: .+)?"),
    (
        Intention.REMOVE,
        rf"(?:il|elle|on|ils|elles) (?:ne |n')?(?:doit|devrait|doivent|devraient) pas (?:porter|avoir|tenir|être)"
        rf" (?:de |d'|en )?{X}",
    ),
    (Intention.WANT, rf"lui (?:donner|mettre|ajouter|faire) {X}"),
    (Intention.REMOVE, rf"lui (?:enlever|retirer|ôter) {X}"),
    (
        Intention.WANT,
        rf"(?:il|elle|on|ils|elles) (?:devrait|doit|devraient|doivent|pourrait) (?:porter|avoir|tenir) {X}",
    ),
    (Intention.KEEP, r"(?:n')?(?P<x>y) touche[sz]? (?:pas|plus)", rf"touche[sz]? pas (?:à |au |aux ){X}"),
    (Intention.BE, rf"{_LE}{X} {_ETRE} être (?P<a>en ruines?|à l'envers|en feu|en fleurs?)"),
    (Intention.REMOVE, rf"en aucun cas {X}"),
    (
        Intention.BE_IF_ATTRIBUTE,
        rf"{_FAIS} (?!lui |leur |moi )(?:le |la |les |l')?(?P<x>.+?) (?:en )?{_UN_PEU}(?:plus )?(?P<a>\S+)",
    ),
    (Intention.DO_IF_DOING, rf"{_FAIS} (?P<a>\S+) {X}", rf"(?:{_FAIS}|laisse) {_LE}{X} {A}"),
    (Intention.WANT, rf"(?:donne|mets|mettre|colle|file|offre|dessine|ajoute)[rz]?[- ](?:lui|leur|moi|nous) {X}"),
    (Intention.REMOVE, rf"(?:enlève|retire|supprime|ôte)[rz]?[- ](?:lui|leur|moi) {X}"),
    (Intention.MORE, rf"on (?:ne )?voit (?:pas (?:assez|bien)|à peine) {X}"),
    (
        Intention.LESS,
        rf"on voit trop {X}",
        rf"(?:enlève|retire|supprime)[rz]? (?:la moitié|certaine?s|quelques-une?s) (?:des |de ){X}",
    ),
    (Intention.TOO, rf"je trouve {X} (?:un peu |beaucoup |vraiment )?trop {A}"),
    (Intention.SWAP, rf"(?:troque|troquer|échange)[rz]? {Y} (?:pour|contre|par) {X}"),
    (Intention.SWAP, rf"(?P<x>(?:une? |le |la |l').+?), (?:et )?pas {Y}"),
    (
        Intention.BE,
        rf"(?:(?:je (?:veux|voudrais)|j'aimerais(?: bien)?|il faut|il faudrait|faudrait|fais en sorte) )?(?:que |qu')"
        rf"(?:le |la |les |l'){X} (?:soit|soient) (?:en )?{_UN_PEU}(?:plus )?{A}",
    ),
    (Intention.MENTION, rf"il n'y a (?:pas|aucune?) (?:de |d')?{X}"),
    (Intention.MENTION, rf"(?:on dirait|on croirait|ça ressemble à|ça fait) (?!trop ){X}"),
)

_OTHERS = patterns(
    (Intention.NOTHING, rf"(?:c'est |ça |tout )*(?:est )?{_BIEN}|j'aime(?: bien)?(?: ça)?"),
    (Intention.NOTHING, r"(?:c'est )?pas (?:si )?mal(?: du tout)?"),
    (Intention.NOTHING, r"(?:désolée?|merci|pardon)(?: beaucoup| bien)?"),
    (Intention.MENTION, rf"(?:où|pourquoi)(?: est| sont)? (?:le|la|les|l'|ce|cette|ces) ?{X}"),
    (
        Intention.BE,
        rf"(?:change|changer|changez) la couleur (?:du |de la |des |de l'){X} (?:en|pour(?: du)?) {A}",
    ),
    (Intention.REMOVE, rf"(?:garde[rz]? )?(?:tout|le reste)(?: {_EST} {_BIEN})? (?:sauf|excepté|à part|hormis) {X}"),
    (
        Intention.KEEP,
        rf"(?:s'il te plaît )?ne (?:change|touche|modifie|enlève|supprime|retire)[rz]?s? (?:surtout )?pas (?:à |"
        rf"au )?{X}",
    ),
    (Intention.SWAP, rf"(?:au lieu|à la place|plutôt que) (?P<y>{_DE}\S+(?: de \S+)?),? {X}"),
    (Intention.SWAP, rf"(?:je (?:veux|voudrais|préfère|préférerais) )?(?:plutôt|mieux) {X} (?:que |qu')(?:de )?{Y}"),
    (Intention.SWAP, rf"je (?:préfère|préférerais|préfèrerais) {X} (?:à |au |aux |plutôt que ){Y}"),
    (Intention.SWAP, rf"{X} {_SERAIT} (?:que |qu'){Y}"),
    (Intention.SWAP, rf"{X} (?:au lieu|à la place|plutôt)(?: que| qu'| de| d'| du| des)? ?{Y}"),
    (Intention.SWAP, rf"(?:remplace|remplacer|échange|change|transforme)[rz]? {Y} (?:par|avec|contre|en|pour) {X}"),
    (Intention.SWAP, rf"pas {Y} mais {X}"),
    (Intention.LESS, rf"(?:il y a )?(?:beaucoup )?trop (?:de |d'|des ){X}"),
    (Intention.MORE, rf"(?:il n'y a )?pas assez (?:de |d'){X}"),
    (Intention.LESS, rf"pas (?:si|aussi|trop) (?!mal|mauvais){X}"),
    (
        Intention.LESS,
        rf"il y en a trop de {X}",
        rf"(?:le |la |les |l'){X} (?:est|sont) trop (?:présente?s?|"
        rf"forte?s?)",
    ),
    (Intention.LESS, rf"pas (?:tant|autant) (?:de |d'){X}"),
    (Intention.LESS, rf"{_PEU}moins (?:de |d')?{X}"),
    (Intention.LESS, rf"(?:réduis|réduire|diminue|diminuer|atténue|atténuer|baisse)[rz]? {X}"),
    (Intention.REMOVE, rf"(?:plus (?:aucune?|jamais) |plus du tout )(?:de |d')?{X}"),
    (Intention.REMOVE, rf"(?:il n'y a |y'a |je ne veux )plus (?:de |d'){X}"),
    (Intention.MORE, rf"{_PEU}(?:plus|davantage) (?:de |d'){X}"),
    (Intention.MORE, rf"(?:accentue|renforce|augmente|souligne|mets en valeur|insiste sur)[rz]? {X}"),
    (Intention.REMOVE, rf"(?:sans|pas|aucune?|ni|zéro) (?:de |d'|du |des )?{X}"),
    (
        Intention.REMOVE,
        rf"(?:enlève|enlever|supprime|supprimer|retire|retirer|ôte|ôter|efface|effacer|vire|virer|évite|éviter|"
        rf"dégage|coupe)[rz]? {X}",
    ),
    (
        Intention.REMOVE,
        rf"je (?:ne |n')?(?:veux|souhaite|aime) pas (?:trop |vraiment |du tout |tellement )?(?:de |d')?{X}",
    ),
    (Intention.REMOVE, rf"(?:moi )?je n'aime (?:pas|plus) {X}", rf"j'aime pas (?:trop |vraiment |du tout )?{X}"),
    (Intention.REMOVE, rf"{X}(?: on| je)? (?:s'en passe|peut s'en passer|n'en veux (?:pas|plus)|en veux pas)"),
    (Intention.REMOVE, rf"(?:on peut |je peux )?(?:se|me) passer (?:de |du |des |d'){X}"),
    (
        Intention.REMOVE,
        rf"{X} (?:ne |n')?(?:sert|servent) (?:à rien|pas)",
        rf"{X} (?:est|sont) (?:inutiles?|de trop|en trop)",
    ),
    (Intention.REMOVE, rf"{X} (?:ne )?me pla(?:ît|it|isent) pas"),
    (
        Intention.REMOVE,
        rf"(?:fais|faites) disparaître {X}",
        rf"(?:débarrasse[rz]?(?:-| )(?:toi|moi|nous) de|à bas|exit|adieu) {X}",
    ),
    (Intention.REMOVE, rf"je déteste {X}"),
    (Intention.REMOVE, rf"{X} {_ETRE} (?:disparaître|partir|s'en aller)"),
    (Intention.TOO, rf"il fait (?:un peu |beaucoup )?trop {A}"),
    (Intention.TOO, rf"(?:c'est |tout est |l'image est )?(?:encore )?(?:un peu |beaucoup )?trop {A}"),
    (Intention.TOO, rf"{X} (?:{_EST} )?(?:un peu |beaucoup )?trop {A}"),
    (
        Intention.KEEP,
        rf"(?:garde|garder|conserve|conserver|laisse|laisser|touche pas à)[rz]? {X}(?: comme (?:ça|il est|"
        rf"elle est|ils sont|elles sont)| tel(?:le)?s? quel(?:le)?s?| tranquille)?",
    ),
    (Intention.KEEP, rf"j'(?:aime|adore)(?: bien| beaucoup)? {X}"),
    (Intention.KEEP, rf"{X} me pla(?:ît|isent)"),
    (Intention.KEEP, rf"{X} {_EST} {_BIEN}"),
    (Intention.BAD, rf"{X} {_EST} {_MOCHE}", rf"je trouve {X} {_MOCHE}"),
    (Intention.WANT, rf"{X} {_SERAIT}"),
    (Intention.WANT, rf"(?:et )?pourquoi pas {X}"),
    (Intention.WANT, rf"fais[- ](?:le|la|les|ça) (?:de |en )?{X}"),
    (Intention.WANT, rf"donne[rz]?[- ](?:lui|leur|moi) {X}"),
    (
        Intention.WANT,
        rf"(?:qu'|que )?il (?:fait|fasse|soit) {X}",
        r"(?:qu')?il (?P<x>pleut|neige|pleuve)",
        rf"qu'(?:il|elle) {X}",
    ),
    (Intention.HAVE, rf"(?:le |la |les |l')?{X} {_ETRE} (?:porter?|avoir|tenir) {A}"),
    (Intention.DO, rf"(?:le |la |les |l'){X} {_ETRE} (?!être |avoir )(?P<a>.+)"),
    (Intention.WANT, rf"il (?:me )?manque {X}"),
    (Intention.WANT, rf"(?:c'est |ça )?(?:plus|davantage) (?:comme|dans le style de|style) {X}"),
    (
        Intention.WANT,
        rf"(?:je (?:veux|voudrais)|j'aimerais|faudrait|il faut|il faudrait|faut) (?:que |qu')"
        rf"(?:ce |elle |il |on |ça )?(?:soit|ait|voie|mette) {X}",
    ),
    (
        Intention.WANT,
        rf"(?:je (?:veux|voudrais)|j'aimerais|faudrait|il faut|il faudrait|faut) (?:que |qu')(?:elle|il|ça) {X}",
    ),
    (Intention.BE, rf"(?:le |la |les |l')?{X} (?:pourrait|pourraient) être (?:en |plus |un peu plus )?{A}"),
    (Intention.BE, rf"(?:le |la |les |l')?{X} (?:doit|devrait|doivent|devraient) être (?:en |plus )?{A}"),
    (Intention.WANT, rf"(?:beaucoup|un peu|encore|bien) plus (?!de )(?!d'){X}"),
    (Intention.BE_IF_ATTRIBUTE, rf"(?:le |la |les |l'|une? )?{X} plus {A}"),
    (Intention.BE_IF_ATTRIBUTE, r"(?:rends|mets|peins|fais) (?:le |la |les |l')?(?P<x>.+?) (?:en |plus )?(?P<a>\S+)"),
    (Intention.WANT, rf"(?:un peu |encore |beaucoup |bien )*plus {X}"),
    (Intention.BE_IF_ATTRIBUTE, rf"{_LE}{X} en {A}"),
    (
        Intention.INSTEAD,
        rf"(?:(?:mets|fais|mettre|dessine|je veux|je voudrais) )?(?:plutôt|à la place,?) {X}",
        rf"{X},? (?:à la place|plutôt)",
    ),
    (
        Intention.WANT,
        rf"(?:ajoute|ajouter|mets|mettre|mettez|rajoute|rajouter|inclus|place|dessine|fais)[rz]? {X}(?: en plus|"
        rf" dedans)?",
    ),
    (Intention.WANT, rf"(?:elle|il|on|ça) (?:doit|devrait|peut) (?:être |avoir )?{X}"),
    (
        Intention.WANT,
        rf"(?:je (?:veux|voudrais|souhaite|préfère|préférerais)|j'aimerais(?: bien)?|je voudrais bien|"
        rf"j'voudrais|on veut)(?: voir| avoir)? {X}",
    ),
    (Intention.WANT, rf"(?:il )?(?:faut|devrait y avoir|faudrait) {X}"),
    (Intention.WANT, rf"(?:avec|en|comme|à|au|dans) {X}"),
    (Intention.UNCLEAR, r"(?:change|modifie|améliore|corrige|refais)[rz]? .+"),
    (Intention.WANT, X),
)

PATTERNS = (*_OF_NUMBERS_AND_CAMERA, *_OF_TOO_MUCH, *_OF_SOMEBODY, *_OTHERS)
