"""Further qualities: ``word:comparatives:german:french:opposite:what to add where it is said of no thing``."""

RARER_QUALITIES = """
steep:steeper:steil,steiler:raide,escarpé:flat:steep
bumpy:bumpier:holprig,uneben:bosselé,cabossé:smooth:bumpy
glossy:glossier:hochglänzend:satiné,laqué:matte:glossy
matte:more matte:matt,matter:mat,mate:shiny:matte
metallic:more metallic:metallisch:métallique:natural:metallic
golden-brown:browner:goldbraun:doré foncé:pale:golden brown
translucent:more translucent:durchscheinend:translucide:opaque:translucent
fiery:more fiery:feurig:ardent,ardente,enflammé:icy:fiery
icy:icier:eisig,eisiger:glacial,glaciale:fiery:icy
snowy:snowier:schneebedeckt,verschneiter:enneigé:green:snowy
rainy:rainier:verregnet:pluvieux,pluvieuse:sunny:rainy
foggy:foggier:nebliger:brumeux,brumeuse:clear:foggy
dusty:dustier:staubig,staubiger:poussiéreux,poussiéreuse:clean:dusty
muddy:muddier:schlammig,matschig:boueux,boueuse:clean:muddy
mossy:mossier:moosig,bemoost:moussu,moussue:bare:mossy
overgrown:more overgrown:überwuchert,zugewachsen:envahi par la végétation:tidy:overgrown
lush:lusher:üppig,üppiger:luxuriant,luxuriante:barren:lush
barren:more barren:karg,karger:aride:lush:barren
blooming:more blooming:blühend:en fleurs,fleurissant:bare:blooming
bare:barer:kahl,nackt:nu,nue,dénudé:lush:bare
haunted:more haunted:verwunschen,spukhaft:hanté,hantée:friendly:haunted
enchanted:more enchanted:verzaubert,verzauberter:enchanté,enchantée:plain:enchanted
heroic:more heroic:heldenhaft,heroisch:héroïque:plain:heroic
noble:nobler:edel,edler,vornehm:noble:plain:noble
fierce:fiercer:grimmig,grimmiger:féroce,farouche:calm:fierce
aggressive:more aggressive:aggressiv,aggressiver:agressif,agressive:calm:aggressive
menacing:more menacing:bedrohlich,bedrohlicher:menaçant,menaçante:friendly:menacing
dangerous:more dangerous:gefährlich,gefährlicher:dangereux,dangereuse:harmless:dangerous
wise:wiser:weise,weiser:sage:foolish:wise
smart:smarter:klug,klüger,schlau:intelligent,intelligente:foolish:smart
confident:more confident:selbstbewusst,selbstsicher:confiant,confiante,sûr de lui:shy:confident
relaxed:more relaxed:entspannt,entspannter:détendu,détendue:tense:relaxed
tense:tenser:angespannt,angespannter:tendu,tendue:relaxed:tense
thoughtful:more thoughtful:nachdenklich,nachdenklicher:pensif,pensive:cheerful:thoughtful
melancholic:more melancholic:melancholisch:mélancolique:cheerful:melancholic
nostalgic:more nostalgic:wehmütig:nostalgique:modern:nostalgic
lively:livelier:lebhaft,lebhafter,belebt,belebter:animé,animée:calm:lively
dynamic:more dynamic:dynamisch,dynamischer:dynamique:calm:dynamic
static:more static:statisch:statique:dynamic:static
playful:more playful:verspielt,verspielter:espiègle,joueur,joueuse:serious:playful
silly:sillier:albern,alberner:idiot,idiote:serious:silly
sleepy:sleepier:schläfrig:somnolent,somnolente:awake:sleepy
hungry:hungrier:hungrig:affamé,affamée:full:hungry
healthy:healthier:gesund,gesünder:sain,saine,en bonne santé:sick:healthy
sick:sicker:krank,kränker:malade:healthy:sick
strict-looking:sterner:strengblickend:austère:friendly:stern
slim:slimmer:schlank,schlanker:svelte,élancé:fat:slim
chubby:chubbier:pummelig,mollig,rundlich:potelé,dodu:thin:chubby
wrinkled:more wrinkled:faltig,faltiger,runzlig:ridé,ridée:smooth:wrinkled
bearded:more bearded:bärtig:barbu:clean-shaven:bearded
hairy:hairier:behaart,haarig:poilu,poilue:bald:hairy
furry:furrier:pelzig,fellig:velu,velue:smooth:furry
tattooed:more tattooed:tätowiert:tatoué,tatouée:plain:tattooed
sweaty:sweatier:verschwitzt:en sueur:dry:sweaty
bloody:bloodier:blutig,blutiger:sanglant,sanglante,ensanglanté:clean:bloody
ragged:more ragged:zerlumpt,zerrissen,abgerissen:en haillons,déchiré,déchirée:neat:ragged
patterned:more patterned:gemustert:à motifs:plain:patterned
plain:plainer:schmucklos:uni,unie,sobre:ornate:plain
ornate:more ornate:verziert,reich verziert,prunkvoll:orné,ornée:plain:ornate
baroque:more baroque:barock:baroque:plain:baroque
industrial:more industrial:industriell:industriel,industrielle:natural:industrial
organic:more organic:organisch:organique:geometric:organic
geometric:more geometric:geometrisch:géométrique:organic:geometric
symmetrical:more symmetrical:symmetrisch,symmetrischer:symétrique:asymmetrical:symmetrical
asymmetrical:more asymmetrical:asymmetrisch:asymétrique:symmetrical:asymmetrical
centered:more centered:zentriert,mittig:centré,centrée:off-center:centered
blurred:more blurred:verwaschen:estompé,estompée:sharp:blurry
grainy:grainier:körnig,körniger:granuleux,granuleuse:clean:film grain
noisy:noisier:verrauscht:bruité,bruitée:clean:noise
overexposed:more overexposed:überbelichtet:surexposé,surexposée:underexposed:overexposed
underexposed:more underexposed:unterbelichtet:sous-exposé:overexposed:underexposed
backlit:more backlit:gegenlichtig,im Gegenlicht:à contre-jour:front-lit:backlit
monochrome:more monochrome:einfarbig:monochrome:colorful:monochrome
warm-toned:warmer-toned:warmtonig:aux tons chauds:cold-toned:warm colors
faded:more faded:verblasst,ausgeblichen:délavé,délavée,fané:vibrant:faded colors
neutral:more neutral:neutral,neutraler:neutre:colorful:neutral colors
subtle:subtler:dezent,dezenter,subtil:subtil,subtile,discret,discrète:intense:subtle
gentle:gentler:behutsam:délicat,délicate:harsh:gentle
diffuse:more diffuse:diffus:diffus,diffuse:harsh:diffuse light
massive:more massive:massiv,wuchtig:massif,massive:small:massive
wide-open:wider-open:weit offen:grand ouvert:closed:wide open
high:higher:hochgelegen:élevé,élevée:low:high
low:lower:niedrig,niedriger:bas,basse:high:low
fast:faster:schnell,schneller:rapide:slow:fast
slow:slower:langsam,langsamer:lent,lente:fast:slow
hollow:hollower:hohl:creux,creuse:solid:hollow
half-open:more open:halboffen:entrouvert,entrouverte:closed:half-open
authentic:more authentic:authentisch,echt,echter:authentique,vrai,vraie:artificial:authentic
artificial:more artificial:künstlich,künstlicher:artificiel,artificielle:natural:artificial
handmade:more handmade:handgemacht:fait main:industrial:handmade
hand-painted:more hand-painted:handgemalt:peint à la main:digital:hand-painted
stylized:more stylized:stilisiert,stilisierter:stylisé,stylisée:realistic:stylized
childlike:more childlike:kindlich,kindlicher:enfantin,enfantine:mature:childlike
mature:maturer:reif,reifer:mûr,mûre:childlike:mature
exotic:more exotic:exotisch,exotischer:exotique:ordinary:exotic
tropical:more tropical:tropisch:tropical,tropicale:cold:tropical
nordic:more nordic:nordisch:nordique:tropical:nordic
asian:more asian:asiatisch:asiatique::asian
victorian:more victorian:viktorianisch:victorien,victorienne:modern:victorian
ancient:more ancient:uralt,antik:ancien,ancienne,antique:modern:ancient
wintry:wintrier:winterlich,winterlicher:hivernal,hivernale:summery:wintry
summery:more summery:sommerlich,sommerlicher:estival,estivale:wintry:summery
autumnal:more autumnal:herbstlich,herbstlicher:automnal,automnale::autumnal
festive:more festive:festlich,festlicher:festif,festive:plain:festive
christmassy:more christmassy:weihnachtlich,weihnachtlicher:de noël::christmas atmosphere
crystal-clear:clearer:kristallklar,glasklar:cristallin,cristalline:murky:crystal clear
murky:murkier:trübe:trouble:clear:murky
wet-looking:wetter:feucht,feuchter:humide:dry:wet
dry:drier,dryer:trockener:sec,sèche:wet:dry
"""
