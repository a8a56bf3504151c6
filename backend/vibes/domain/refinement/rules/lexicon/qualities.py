"""How pictures and things in them may be: colours, materials, comparatives with their opposites, and what excludes one
another."""

COLORS = """
red:rot:rouge,roux,rousse; blue:blau:bleu,bleue; green:grün:vert,verte; yellow:gelb:jaune; orange:orange:orange
purple:lila,violett:violet,violette
pink:rosa:rose; brown:braun:marron,brun,brune; black:schwarz:noir,noire; white:weiß:blanc,blanche
gray:grau:gris,grise
grey:grau:gris; golden:golden:doré,dorée; silver:silbern,aus Silber:argenté,argentée,en argent
turquoise:türkis:turquoise; beige:beige:beige
blond:blond,blonde:blond,blonde; crimson:karminrot:cramoisi; blonde::; ginger:rotblond:
auburn:kastanienbraun:châtain,auburn; teal:petrol:; magenta:magenta:magenta; cyan:cyan:cyan
light blue:hellblau:bleu clair; dark blue:dunkelblau:bleu foncé; light green:hellgrün:vert clair
dark green:dunkelgrün:vert foncé; dark red:dunkelrot:rouge foncé,bordeaux; light red:hellrot:rouge clair
light brown:hellbraun:brun clair; dark brown:dunkelbraun:brun foncé; light gray:hellgrau:gris clair
dark gray:dunkelgrau:gris foncé; rainbow-colored:regenbogenfarben:; pastel:pastell,pastellfarben:pastel
bronze:bronze:bronze; copper:kupferfarben,kupfern:cuivré,cuivrée; ivory:elfenbeinfarben:ivoire
platinum:platinblond:platine; burgundy:weinrot,burgunderrot:bordeaux; maroon:kastanienrot:
navy:marineblau:bleu marine
olive:oliv,olivgrün:olive; mustard:senfgelb:moutarde; khaki:khaki:kaki; peach:pfirsichfarben:pêche
mint:mintgrün:menthe
salmon:lachsfarben:saumon; cream:cremefarben,creme:crème; charcoal:anthrazit:anthracite; indigo:indigo:indigo
lilac:flieder,fliederfarben:lilas; rosy:rosig:rosé; coral:korallenrot:corail; scarlet:scharlachrot:écarlate
emerald:smaragdgrün:émeraude; tan:hellbraun:fauve; ochre:ocker:ocre; sky blue:himmelblau:bleu ciel
hazel:haselnussbraun:noisette
"""

MATERIALS = """
wooden:hölzern:en bois; wood:Holz:bois; stone:Stein,steinern:pierre; metal:Metall:métal; gold:Gold:or
marble:Marmor:marbre
leather:Leder,ledern:cuir,en cuir; velvet:Samt,samten:velours,en velours; linen:Leinen:lin,en lin
wool:Wolle,wollen:laine,en laine; denim:Jeansstoff:denim,en jean; glass:gläsern:verre,en verre
bronze:bronzen:en bronze
plastic:Plastik,Kunststoff:plastique,en plastique; concrete:Beton:béton,en béton
porcelain:Porzellan:porcelaine,en porcelaine
straw:Stroh:paille,en paille; clay:Ton,tönern:argile,en argile; lace:Spitze:dentelle,en dentelle
 silk:Seide:soie; brick:Ziegel,Backstein:brique; steel:Stahl:acier; crystal:Kristall:cristal
paper:Papier:papier
"""

QUALITIES = """
warm:warmer:warm,wärmer:chaud,chaude,chaleureux,chaleureuse:cold:warm colors
cold:colder:kalt,kälter:froid,froide:warm:cold colors
cool:cooler:kühl,kühler:frais,fraîche:warm:cool colors
dark:darker:dunkel,dunkler,düster,düsterer,finster:sombre,foncé,foncée:bright:dark
bright:brighter,lighter:hell,heller:clair,claire,lumineux,lumineuse,éclairé:dark:bright
big:bigger,larger,large:groß,größer:grand,grande,gros,grosse:small:large
small:smaller,tinier,tiny,little:klein,kleiner:petit,petite:big:small
tall:taller,higher,high:hoch,höher:haut,haute:short:tall
young:younger:jung,jünger:jeune:old:young
old:older:alt,älter:vieux,vieille,âgé,âgée:young:old
sharp:sharper,crisper,crisp:scharf,schärfer:net,nette:soft:sharp focus
soft:softer:weich,weicher,sanft,sanfter:doux,douce:harsh:soft light
harsh:harsher:hart,härter,grell,greller:dur,dure:soft:harsh light
blurry:blurrier,blurred:unscharf,unschärfer,verschwommen,verschwommener:flou,floue:sharp:blurry
colorful:colourful:bunt,bunter,farbig,farbiger,farbenfroh,farbenfroher:coloré,colorée,vif,vive:muted:vibrant colors
saturated:saturated:gesättigt,gesättigter:saturé,saturée:muted:saturated colors
pale:paler:blass,blasser:pâle:vibrant:pale colors
realistic:realistic:realistisch,realistischer:réaliste:stylized:realistic
simple:simpler:einfach,einfacher,schlicht,schlichter:simple:complex:simple composition
busy:busier:unruhig,überladen:chargé,chargée:simple:busy
calm:calmer:ruhig,ruhiger:calme:dramatic:calm
rough:rougher,wilder:rau,rauer,wild,wilder:agité,agitée,sauvage:calm:rough
happy:happier,cheerful:fröhlich,fröhlicher,glücklich:joyeux,joyeuse,heureux:sad:happy
sad:sadder:traurig,trauriger:triste:happy:sad
scary:scarier,creepier,creepy:gruselig,gruseliger:effrayant,effrayante:friendly:scary
friendly:friendlier:freundlich,freundlicher:amical,amicale:scary:friendly
thin:thinner:dünn,dünner:mince,fin,fine:thick:thin
thick:thicker:dick,dicker:épais,épaisse:thin:thick
long:longer:lang,länger:long,longue:short:long
short:shorter:kurz,kürzer:court,courte:long:short
wide:wider,broader:breit,breiter:large:narrow:wide shot
empty:emptier:leer,leerer:vide:detailed:empty
crowded:fuller:voll,voller:bondé,bondée:empty:crowded
clean:cleaner:sauber,sauberer:propre:dirty:clean
dirty:dirtier,grittier,gritty:schmutzig,schmutziger:sale:clean:gritty
mysterious:mysterious:geheimnisvoll,geheimnisvoller,mysteriös:mystérieux,mystérieuse::mysterious
dramatic:dramatic:dramatisch,dramatischer:dramatique:calm:dramatic
modern:modern:modern,moderner:moderne:old:modern
detailed:detailed:detailliert,detaillierter,detailreich,detailreicher:détaillé,détaillée:simple:detailed
cozy:cozier,cosy,cosier:gemütlich,gemütlicher:confortable,cosy:cold:cozy
moody:moodier:stimmungsvoll,stimmungsvoller:maussade:cheerful:moody
flat:flatter:flach,flacher:plat,plate:deep:flat
strong:stronger:stark,stärker:fort,forte:weak:strong
weak:weaker:schwach,schwächer:faible:strong:subtle
deep:deeper:tief,tiefer:profond,profonde:shallow:depth
fat:fatter:fett,fetter:gros:thin:fat
dreamy:dreamier:verträumt,verträumter,traumhaft:onirique,rêveur,rêveuse:harsh:dreamy
gloomy:gloomier:trüb,trüber:lugubre,morne:bright:gloomy
bald:balder:kahl,glatzköpfig:chauve:hairy:bald
spooky:spookier:unheimlich,unheimlicher:sinistre:friendly:spooky
shiny:shinier:glänzend,glänzender:brillant,brillante:matte:shiny
messy:messier:unordentlich,unordentlicher,chaotisch:désordonné:tidy:messy
tidy:tidier,neater:ordentlich,ordentlicher,aufgeräumt,aufgeräumter:rangé,rangée:messy:tidy
cluttered:cluttered:vollgestopft:encombré,encombrée:simple:cluttered
magical:magical:magisch,magischer,zauberhaft:magique,féerique::magical
elegant:elegant:elegant,eleganter:élégant,élégante::elegant
cute:cuter:süß,süßer,niedlich,niedlicher:mignon,mignonne:scary:cute
angry:angrier:wütend,wütender,böse,böser:fâché,fâchée,en colère:calm:angry
tired:tireder:müde,müder:fatigué,fatiguée:awake:tired
serious:more serious:ernst,ernster:sérieux,sérieuse:funny:serious
funny:funnier:lustig,lustiger,witzig,witziger:drôle,marrant,marrante:serious:funny
smooth:smoother:glatt,glatter:lisse:rough:smooth
vivid:more vivid:lebendig,lebendiger,kräftig,kräftiger:vivant,vivante:muted:vivid colors
intense:more intense:intensiv,intensiver:intense:subtle:intense
dense:denser:dicht,dichter:dense:sparse:dense
heavy:heavier:schwer,schwerer:lourd,lourde:light:heavy
quiet:quieter:still,stiller:silencieux,silencieuse,tranquille:loud:quiet
peaceful:more peaceful:friedlich,friedlicher:paisible:dramatic:peaceful
lonely:lonelier:einsam,einsamer:solitaire:crowded:lonely
natural:more natural:natürlich,natürlicher:naturel,naturelle:artificial:natural
futuristic:more futuristic:futuristisch,futuristischer:futuriste::futuristic
medieval:medieval:mittelalterlich,mittelalterlicher:médiéval,médiévale::medieval
rustic:more rustic:rustikal,rustikaler:rustique:modern:rustic
gothic:more gothic:gotisch,gotischer,düster-romantisch:gothique::gothic
romantic:more romantic:romantisch,romantischer:romantique::romantic
epic:more epic:episch,epischer:épique::epic
rusty:rustier:rostig,rostiger:rouillé,rouillée:shiny:rusty
weathered:more weathered:verwittert,verwitterter:patiné,usé,usée:new:weathered
ruined:in ruins:verfallen,verfallener,zerfallen:en ruine,en ruines,délabré,délabrée:intact:ruined
new:newer:neu,neuer:neuf,neuve,nouveau,nouvelle:old:new
abstract:more abstract:abstrakt,abstrakter:abstrait,abstraite:realistic:abstract
fluffy:fluffier:flauschig,flauschiger:duveteux,duveteuse:smooth:fluffy
muscular:more muscular:muskulös,muskulöser:musclé,musclée:thin:muscular
pretty:prettier:hübsch,hübscher:joli,jolie:ugly:pretty
hot:hotter:heiß,heißer:brûlant:cold:hot
narrow:narrower:schmal,schmaler,eng,enger:étroit,étroite:wide:narrow
round:rounder:rund,runder:rond,ronde:square:round
straight:straighter:gerade,gerader,glatt:droit,droite,raide:curly:straight
curly:curlier:lockig,lockiger:bouclé,bouclée,frisé:straight:curly
clear:clearer:klar,klarer:dégagé,dégagée:cloudy:clear
overcast:more overcast:bedeckt,bedeckter:couvert,couverte:clear:overcast
starry:starrier:sternenklar:étoilé,étoilée:cloudy:starry
striped:stripy:gestreift:rayé,rayée:plain:striped
checkered:plaid:kariert:à carreaux:plain:checkered
floral:flowered:geblümt:fleuri,fleurie,à fleurs:plain:floral
pointy:pointier,pointed:spitz,spitzer:pointu,pointue:blunt:pointy
stern:sterner,strict,stricter:streng,strenger:sévère,strict,stricte:friendly:stern
awake:more awake:wach,wacher:éveillé,éveillée,réveillé,réveillée:sleeping:awake
transparent:more transparent:durchsichtig,transparent:transparent,transparente:opaque:transparent
broken:more broken:kaputt,zerbrochen:cassé,cassée,brisé,brisée:intact:broken
frozen:more frozen:gefroren,vereist:gelé,gelée,glacé,glacée:thawed:frozen
old-fashioned:more old-fashioned:altmodisch,altmodischer:démodé,démodée:modern:old-fashioned
luxurious:more luxurious:luxuriös,luxuriöser:luxueux,luxueuse:plain:luxurious
poor:poorer:arm,ärmer,ärmlich:pauvre:rich:poor
rich:richer:reich,reicher:riche:poor:rich
proud:prouder:stolz,stolzer:fier,fière:shy:proud
shy:shyer:schüchtern,schüchterner:timide:proud:shy
curious:more curious:neugierig,neugieriger:curieux,curieuse:bored:curious
surprised:more surprised:überrascht:surpris,surprise:calm:surprised
scared:more scared:ängstlich,ängstlicher,erschrocken:effrayé,effrayée,apeuré:brave:scared
brave:braver:mutig,mutiger:courageux,courageuse:scared:brave
evil:more evil:böse,bösartig:méchant,méchante,maléfique:kind:evil
huge:more huge:riesig,riesiger,riesengroß:énorme,immense,gigantesque:tiny:huge
giant:gigantic:gigantisch:géant,géante:tiny:giant
tiny:tinier:winzig,winziger:minuscule:huge:tiny
female:more feminine:weiblich,weiblicher:féminin,féminine:male:female
male:more masculine:männlich,männlicher:masculin,masculine:female:male
kind:gentle,gentler:nett,netter,gutmütig:gentil,gentille:stern:kind
wavy:wavier:wellig,welliger:ondulé,ondulée:straight:wavy
stormy:stormier:stürmisch,stürmischer:orageux,orageuse:calm:stormy
sunny:sunnier:sonnig,sonniger:ensoleillé,ensoleillée:cloudy:sunny
cloudy:cloudier:bewölkt,bewölkter:nuageux,nuageuse:sunny:cloudy
wet:wetter:nass,nasser:mouillé,mouillée:dry:wet
hazy:hazier:dunstig,dunstiger,diesig:voilé,voilée:clear:hazy
minimalist:minimal,minimalistic:minimalistisch,minimalistischer:minimaliste,épuré,épurée:busy:minimalist
painterly:more painterly:malerisch,malerischer:pictural,picturale:realistic:painterly
cartoonish:cartoony:comichaft:cartoonesque:realistic:cartoon style
surreal:more surreal:surreal,surrealer,surrealistisch:surréaliste:realistic:surreal
muted:desaturated,subdued:gedämpft,gedämpfter,entsättigt:sourd,désaturé:vibrant:muted colors
vibrant:more vibrant,brightly colored:leuchtend,farbkräftig:éclatant,éclatante:muted:vibrant colors
close:closer,nearer:näher,nah,nah dran,näher ran,nah ran:près,proche:far:close-up
far:farther,further away,farther away:weiter weg,weit weg:loin:close:wide shot
"""
"""The word, its comparatives, German, French, its opposite, and what to add where it is said of no thing."""

EXCLUSIVE = (
    """
night:nighttime:nacht,nachts:nuit,de nuit; day:daytime,daylight:tag,tags,tageslicht:jour,de jour
morning::morgen,morgens:matin; evening::abend,abends:soir,soirée; noon:midday:mittag,mittags:midi
dawn:sunrise:morgendämmerung,sonnenaufgang:aube,lever du soleil,lever de soleil
sunset::sonnenuntergang:coucher du soleil,coucher de soleil; dusk:twilight:abenddämmerung,dämmerung:crépuscule
golden hour::goldene stunde:heure dorée; blue hour::blaue stunde:heure bleue
    """,
    """
winter::winter:hiver; summer::sommer:été; spring::frühling:printemps; autumn:fall:herbst:automne
    """,
    """
oil painting:oil:ölgemälde,ölbild:peinture à l'huile
watercolor:watercolour,water color,aquarelle:aquarell:aquarelle
photo:photograph,photography,photorealistic:foto,fotografie:photo,photographie
digital art:digital painting:digitale kunst:art numérique
anime:anime style,manga,manga style:anime,animestil,manga:anime,style anime,manga
pencil drawing:pencil sketch,sketch,drawing:zeichnung,bleistiftzeichnung,skizze:dessin,dessin au crayon,croquis
pixel art::pixelkunst,pixelart:pixel art; comic:comic book,cartoon:comic,cartoon:bande dessinée,bd
3d render:3d,cgi:3d,3d-rendering:rendu 3d,3d; impressionist:impressionism:impressionistisch:impressionniste
concept art::konzeptkunst:concept art; illustration::illustration:illustration; engraving::kupferstich,stich:gravure
woodcut:woodblock print:holzschnitt:gravure sur bois; linocut::linolschnitt:linogravure; etching::radierung:eau-forte
charcoal drawing:charcoal sketch:kohlezeichnung:fusain,dessin au fusain; gouache::gouache:gouache
mosaic::mosaik:mosaïque
stained glass::glasmalerei:vitrail; collage::collage:collage; pop art::pop-art:pop art
claymation::knetanimation:pâte à modeler
low poly::low poly:low poly; polaroid::polaroid:polaroïd; black and white photo::schwarzweißfoto:photo noir et blanc
ink drawing:ink:tuschezeichnung,tusche:encre,dessin à l'encre; painting::gemälde:peinture
    """,
    """
smiling:smile,happy:lächelnd:souriant,souriante; serious::ernst:sérieux,sérieuse; sad::traurig:triste
angry::wütend:fâché; crying::weinend,weinen:pleurant,pleurer; laughing:laugh:lachend,lachen,lacht:riant,rire
    """,
    """
sitting:seated:sitzend,sitzt,sitzen:assis,assise,s'asseoir; standing::stehend,steht,stehen:debout
lying:lying down:liegend,liegt,liegen:allongé,allongée
sleeping:asleep:schlafend,schläft,schlafen:endormi,endormie,dort,dormir
kneeling::kniend,kniet:à genoux; walking::gehend,geht,gehen,laufen:marchant,marche,marcher
running::laufend,rennend,läuft,rennt,rennen:courant,courir; jumping::springend,springt,springen:sautant,saute,sauter
    """,
    """
close-up:closeup,close up,close-up shot:nahaufnahme,großaufnahme:gros plan
wide shot:wide angle,wide-angle,long shot,wide angle shot,wide-angle shot:totale,weitwinkel:plan large,grand angle
medium shot:waist shot:halbnah,halbtotale:plan moyen; full body:full-body,full body shot:ganzkörper:en pied
    """,
)
"""Faces and postures; times of day, seasons, and techniques: one a picture. ``english:synonyms:german:french``."""

OTHERS = """
black and white:schwarz-weiß,schwarzweiß,schwarz und weiß:noir et blanc
view from above:von oben,vogelperspektive:vue d'en haut,vu d'en haut,d'en haut,vue de dessus,vu de dessus
view from below:von unten,froschperspektive:vu d'en bas,contre-plongée
side view:von der seite,seitenansicht,im profil:vu de côté,de profil,vue de côté
from behind:von hinten:de dos,vu de dos; front view:von vorne,frontal:de face,vu de face
wet:nass:mouillé,mouillée; dry:trocken:sec,sèche; beautiful:schön,schöner:beau,belle; open:offen:ouvert,ouverte
closed:geschlossen:fermé,fermée
over:über:au-dessus; under:unter:sous; in:im,in:dans,en; on:auf,am,an:sur; behind:hinter:derrière; beside:neben:à côté
with:mit:avec
without:ohne:sans; and:und:et; at:bei:à; between:zwischen:entre; in front of:vor:devant,en face de; two:zwei:deux
three:drei:trois; four:vier:quatre; five:fünf:cinq; six:sechs:six; seven:sieben:sept; eight:acht:huit; ten:zehn:dix
on the left:links,auf der linken Seite:à gauche,sur la gauche; on the right:rechts,auf der rechten Seite:à droite
to the left of:links von,links neben:à gauche de; to the right of:rechts von,rechts neben:à droite de
above:oberhalb,oberhalb von:au-dessus de; below:unterhalb,unterhalb von:en dessous,au-dessous de
next to:direkt neben:à côté de; near:nahe:près de; around:um,rund um:autour de; through:durch:à travers
in the middle:in der Mitte:au milieu; in the corner:in der Ecke:dans le coin; at the bottom:unten:en bas
at the top:oben:en haut; her:ihr,sie,ihre:elle; him:ihm,ihn:lui; them:ihnen:eux; many:viele:beaucoup
full moon:vollmond:pleine lune; sitting:sitzend,sitzt:assis,assise; standing:stehend,steht:debout
running:laufend,rennend,rennen:courant,courir
flying:fliegend,fliegt:volant; sleeping:schlafend,schläft:endormi,endormie; laughing:lachend,lacht,lachen:riant,rire
crying:weinend,weint:pleurant
vintage:altmodisch,nostalgisch:rétro; cinematic:filmisch,kinoreif:cinématographique
foggy:neblig,nebelig:brumeux,brumeuse; rainy:regnerisch:pluvieux
snowy:verschneit:enneigé,enneigée; sunny:sonnig:ensoleillé,ensoleillée; cloudy:bewölkt,wolkig:nuageux,nuageuse
burning:brennend,brennen,brennt:brûlant,brûler; shining:scheinen,scheint,strahlen,strahlend:rayonnant
glowing:leuchtend,leuchten,leuchtet:luisant,briller,luire
dancing:tanzend,tanzen,tanzt:dansant,danser,danse; singing:singend,singen,singt:chantant,chanter
swimming:schwimmend,schwimmen,schwimmt:nageant,nager; flying:fliegen:voler,volante
playing:spielend,spielen,spielt:jouant,jouer; reading:lesend,lesen,liest:lisant,lire
eating:essend,essen,isst,frisst:mangeant,manger; drinking:trinkend,trinken,trinkt:buvant,boire
fighting:kämpfend,kämpfen,kämpft:combattant,combattre; waving:winkend,winken,winkt:saluant,saluer
blooming:blühend,blühen,blüht:fleurir; upside down:kopfüber:à l'envers; on fire:in flammen:en feu
looking at the camera:in die Kamera schauen,in die Kamera gucken:regarder la caméra,regardant la caméra
documentary:dokumentarisch:documentaire; in color:in farbe,farbig:en couleur,en couleurs
looking up:nach oben schauen:regardant vers le haut,regarder en l'air; wearing:trägt,tragend,tragen:portant,porter
holding:haltend,halten,hält:tenant,tenir; riding:reitend,reiten,reitet:chevauchant
"""

SYNONYMS = {
    "smiling": "smile",
    "smiles": "smile",
    "from above": "view from above",
    "from below": "view from below",
    "from the side": "side view",
    "bird's eye view": "view from above",
    "b&w": "black and white",
    "close up": "close-up",
    "monochrome": "black and white",
    "writing": "text",
    "lettering": "text",
}
_COUNTS_WORDS = "one two three four five six seven eight nine ten several many"
COUNTS = frozenset(_COUNTS_WORDS.split())
HAIR = {
    "blonde": "blond",
    "blond": "blond",
    "brunette": "brown",
    "redhead": "red",
    "red-haired": "red",
    "redheaded": "red",
    "ginger": "ginger",
    "brown-haired": "brown",
    "black-haired": "black",
    "dark-haired": "dark",
    "blond-haired": "blond",
    "blonde-haired": "blond",
    "white-haired": "white",
    "gray-haired": "gray",
}
"""What people are called by their hair, and its colour."""
COMPARED_COLORS = {
    "redder": "red",
    "bluer": "blue",
    "greener": "green",
    "yellower": "yellow",
    "whiter": "white",
    "blacker": "black",
    "browner": "brown",
    "pinker": "pink",
    "grayer": "gray",
    "greyer": "grey",
}
SORTS = (
    frozenset({"cloudy", "clear", "stormy", "sunny", "overcast", "starry", "hazy"}),
    frozenset({"curly", "straight", "wavy"}),
    frozenset({"big", "small", "huge", "tiny", "giant", "massive"}),
    frozenset({"young", "old", "mature"}),
    frozenset({"warm", "cold", "cool", "hot", "icy", "fiery"}),
    frozenset({"dark", "bright", "gloomy", "dim"}),
    frozenset({"wet", "dry", "muddy", "dusty"}),
    frozenset({"slim", "thin", "fat", "chubby", "muscular"}),
    frozenset({"modern", "futuristic", "medieval", "victorian", "baroque", "rustic", "ancient"}),
    frozenset({"velvet", "leather", "silk", "linen", "denim", "wool"}),
)
"""Qualities one of which a thing has."""
MOODS = frozenset({"mood", "atmosphere"})
"""What is in one way only, whatever the quality."""
NEAR = (
    {"fog", "mist", "haze"},
    {"boat", "ship"},
    {"light", "lights", "lighting"},
    {"sea", "ocean"},
    {"people", "person", "crowd"},
    {"street", "road"},
    {"rock", "stone"},
    {"woman", "girl", "lady"},
    {"man", "boy", "guy"},
    {"house", "building"},
    {"glasses", "spectacles"},
    {"seagulls", "gulls", "birds"},
    {"forest", "woods"},
    {"happy", "smiling", "cheerful"},
    {"sword", "katana"},
    {"motorcycle", "motorbike", "bike"},
    {"bicycle", "bike"},
    {"car", "vehicle"},
    {"child", "kid", "boy", "girl"},
    {"trousers", "pants"},
    {"airplane", "plane", "aircraft"},
    {"photo", "photograph"},
    {"smile", "grin"},
    {"rabbit", "bunny"},
    {"dog", "puppy"},
    {"cat", "kitten"},
    {"flowers", "blossoms"},
    {"coat", "jacket"},
)
"""Words one of which a prompt may have where feedback says another."""
DERIVED = {
    "drama": "dramatic",
    "coziness": "cozy",
    "detail": "detailed",
    "details": "detailed",
    "mystery": "mysterious",
    "realism": "realistic",
    "darkness": "dark",
    "brightness": "bright",
    "warmth": "warm",
    "sharpness": "sharp",
}
"""By the noun: the word that says the same in a prompt."""
BODY = frozenset(
    {
        "hand",
        "hands",
        "finger",
        "fingers",
        "eye",
        "eyes",
        "face",
        "faces",
        "arm",
        "arms",
        "leg",
        "legs",
        "feet",
        "anatomy",
        "teeth",
        "body",
    }
)
"""What models draw wrong, and what is then to be kept away as deformed."""
