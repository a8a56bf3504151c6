"""Things that pictures show less often, in English, German and French: ``english:german,forms:french,forms``."""

RARER_THINGS = """
raincoat:Regenmantel,Regenjacke:imperméable; sweater:Pullover,Pulli:pull,chandail; jeans:Jeans:jean
hood:Kapuze:capuche
kimono:Kimono:kimono; robe:Robe,Gewand:tunique; t-shirt:T-Shirt:t-shirt,tee-shirt; top hat:Zylinder:haut-de-forme
headphones:Kopfhörer:casque audio,écouteurs; watch:Armbanduhr:montre; bracelet:Armband:bracelet; apron:Schürze:tablier
wedding dress:Hochzeitskleid,Brautkleid:robe de mariée; sneakers:Turnschuhe,Sneaker:baskets; sandals:Sandalen:sandales
eyebrows:Augenbrauen:sourcils; eyelashes:Wimpern:cils; scar:Narbe:cicatrice; ponytail:Pferdeschwanz:queue de cheval
bangs:Pony:frange; curls:Locken:boucles; mole:Muttermal:grain de beauté; neck:Hals:cou; shoulders:Schultern:épaules
street lamp:Straßenlaterne,Straßenlampe:lampadaire,réverbère; traffic light:Ampel:feu rouge
cobblestones:Pflastersteine:pavés
cafe:Café:café; palace:Palast:palais; cathedral:Dom,Kathedrale:cathédrale; farm:Bauernhof:ferme
cabin:Blockhütte:cabane
gate:Tor:portail; arch:Bogen:arche; column:Säule:colonne; columns:Säulen:colonnes; dome:Kuppel:dôme
terrace:Terrasse:terrasse
meteor:Meteor,Sternschnuppe:météore,étoile filante; comet:Komet:comète
northern lights:Nordlichter,Polarlicht:aurore boréale
satellite:Satellit:satellite; telescope:Teleskop,Fernrohr:télescope; crater:Krater:cratère; moons:Monde:lunes
bird of prey:Greifvogel:rapace; parrot:Papagei:perroquet; pigeon:Taube:pigeon; pigeons:Tauben:pigeons
stork:Storch:cigogne
panda:Panda:panda; koala:Koala:koala; bat:Fledermaus:chauve-souris; octopus:Krake:pieuvre
jellyfish:Qualle:méduse; crab:Krebs,Krabbe:crabe; snail:Schnecke:escargot; ladybug:Marienkäfer:coccinelle
bees:Bienen:abeilles
fireflies:Glühwürmchen:lucioles; dolphins:Delfine,Delphine:dauphins; sheepdog:Schäferhund:chien de berger
camel:Kamel:chameau
kangaroo:Känguru:kangourou; giraffe:Giraffe:girafe; zebra:Zebra:zèbre; hippo:Nilpferd:hippopotame
phoenix:Phönix:phénix
helicopter:Hubschrauber:hélicoptère; submarine:U-Boot:sous-marin; carriage:Kutsche:calèche,carrosse
tractor:Traktor:tracteur
taxi:Taxi:taxi; tram:Straßenbahn:tramway; hot-air balloon:Heißluftballon:montgolfière
airship:Zeppelin,Luftschiff:dirigeable
oar:Ruder:rame; mast:Mast:mât; sails:Segel:voiles; buoy:Boje:bouée; lifebuoy:Rettungsring:bouée de sauvetage
bookshelf:Bücherregal:bibliothèque; rug:Läufer:carpette; wallpaper:Tapete:papier peint
picture frame:Bilderrahmen:cadre
oven:Ofen,Backofen:four; stove:Herd:cuisinière; pan:Pfanne:poêle; pot:Topf:casserole
basket of fruit:Obstkorb:corbeille de fruits
lemon:Zitrone:citron; lemons:Zitronen:citrons; apples:Äpfel:pommes; oranges:Orangen:oranges; grapes:Trauben:raisins
pumpkin:Kürbis:citrouille; pumpkins:Kürbisse:citrouilles; bouquet:Blumenstrauß:bouquet; vines:Ranken:lianes
fern:Farn:fougère
bamboo:Bambus:bambou; cactus:Kaktus:cactus; daisies:Gänseblümchen:marguerites; poppies:Mohn,Mohnblumen:coquelicots
lily pads:Seerosenblätter:nénuphars; water lilies:Seerosen:nénuphars; wheat:Weizen:blé; hay:Heu:foin
log:Baumstamm:tronc
stone:Stein:pierre; pebbles:Kiesel:galets; shell:Muschel:coquillage; shells:Muscheln:coquillages; coral:Koralle:corail
crowds:Menschenmassen:foules; couple:Paar,Liebespaar:couple; children:Kinder:enfants; women:Frauen:femmes
men:Männer:hommes
girls:Mädchen:filles; boys:Jungen,Jungs:garçons; elf:Elf,Elfe:elfe; dwarf:Zwerg:nain; giant:Riese:géant
ghost ship:Geisterschiff:vaisseau fantôme
demon:Dämon:démon; alien:Alien,Außerirdischer:extraterrestre; cyborg:Cyborg:cyborg; ninja:Ninja:ninja
samurai:Samurai:samouraï
viking:Wikinger:viking; clown:Clown:clown; chef:Koch:cuisinier; teacher:Lehrer,Lehrerin:professeur
policeman:Polizist:policier
firefighter:Feuerwehrmann:pompier; scientist:Wissenschaftler:scientifique; musician:Musiker:musicien
player:Spieler:joueur
staff:Stab:bâton; wand:Zauberstab:baguette magique; spear:Speer:lance; bow and arrow:Pfeil und Bogen:arc
axe:Axt:hache
drum:Trommel:tambour; flute:Flöte:flûte; trumpet:Trompete:trompette; microphone:Mikrofon:micro
laptop:Laptop:ordinateur portable
bicycle basket:Fahrradkorb:panier de vélo; skateboard:Skateboard:skateboard; surfboard:Surfbrett:planche de surf
ladder:Leiter:échelle
bubble:Blase:bulle; bubbles:Blasen,Seifenblasen:bulles; balloons:Ballons,Luftballons:ballons
confetti:Konfetti:confettis
candlestick:Kerzenständer:chandelier; chandelier:Kronleuchter:lustre; lanterns:Laternen:lanternes
hologram:Hologramm:hologramme
thunder:Donner:tonnerre; drizzle:Nieselregen:bruine; haze:Dunst:brume de chaleur; frost:Frost,Reif:givre
lava:Lava:lave
sunbeam:Sonnenstrahl:rayon de soleil; light rays:Lichtstrahlen:rayons de lumière
lens flare:Blendenfleck:reflets d'objectif
horizon:Horizont:horizon; skyline:Skyline:skyline; view:Aussicht:vue; angle:Winkel:angle; edge:Rand,Kante:bord
corner:Ecke:coin
ground:Boden,Erdboden:sol; floor:Fußboden:plancher; leash:Leine:laisse; tones:Töne,Farbtöne:tons,teintes
shop:Laden:commerce
bakery:Bäckerei:boulangerie; counter:Theke,Tresen:comptoir; pile:Stapel,Haufen:pile,tas; net:Netz:filet
nets:Netze:filets
dock:Kai,Steg:quai; tomato:Tomate:tomate; tomatoes:Tomaten:tomates; greenhouse:Gewächshaus:serre
tower room:Turmzimmer:donjon
side by side:nebeneinander:côte à côte; several:mehrere:plusieurs; more:mehr:davantage
alone:allein,alleine:tout seul,toute seule; single:einzeln,einzelne,einzelnes:seul,seule
mother:Mutter,Mama:mère,maman; father:Vater,Papa:père,papa; brother:Bruder:frère; sister:Schwester:sœur; son:Sohn:fils
daughter:Tochter:jeune fille; family:Familie:famille; giraffes:Giraffen:girafes; elephants:Elefanten:éléphants
sheets:Laken:draps
flower shop:Blumenladen:fleuriste; scooter:Roller:trottinette; loaves of bread:Brote:miches; windows:Fenster:fenêtres
shutters:Fensterläden:volets; sunglasses:Sonnenbrillen:lunettes noires; jungle:Urwald:jungle; savanna:Savanne:savane
iceberg:Eisberg:iceberg; canyon:Schlucht:canyon; sled:Schlitten:luge,traîneau; snowboard:Snowboard:snowboard
skis:Ski,Skier:skis
sailor:Seemann,Seemänner,Matrosen:matelot; sailors:Matrosen:marins; cap:Kappen:casquettes; beard:Bärte:barbe,barbes
sweater:Pulli:pull; bell tower:Glockenturm:clocher; nobody:niemand,keiner:personne d'autre; wings:Flügeln:ailes
hat:Hütchen:chapeaux
merchant:Händler:marchand; square:Platz:place; crowd:Menschenmenge:monde; in the background:im Hintergrund:au fond
in the foreground:im Vordergrund:au premier plan; in the background:hinten:en arrière-plan,à l'arrière-plan
in the middle:mittig:au centre; mud:Schlamm,Matsch:boue; soldiers:Soldaten:soldats; knights:Ritter:chevaliers
pigeons:Tauben:pigeons; armor:Rüstungen:armures; in armor:in Rüstung:en armure; kitchen:Küchen:cuisines
lap:Schoß:genoux; pearls:Perlen:perles; pearl:Perle:perle; postcard:Postkarte:carte postale; viaduct:Viadukt:viaduc
stage:Bühne:scène; audience:Publikum:public; spotlight:Scheinwerfer:projecteur; spotlights:Scheinwerfer:projecteurs
dots:Punkte:pois,points; stripes:Streifen:rayures; stern look:strenger Blick:regard sévère; throne:Thron:trône
train:Bahn:train; steam engine:Dampflok,Dampflokomotive:locomotive à vapeur; rails:Gleis:voie ferrée
platform:Bahnsteig:quai de gare
gym:Turnhalle:salle de sport; boxer:Boxer:boxeur; sweat:Schweiß:sueur; punch:Faustschlag:coup de poing
trainer:Trainer:entraîneur
sandcastle:Sandburg:château de sable; bucket:Eimer:seau; shovel:Schaufel:pelle; parasol:Sonnenschirm:parasol
towel:Handtücher:serviettes
hot tub:Whirlpool:jacuzzi; pool:Schwimmbad,Pool:piscine; slide:Rutsche:toboggan; bench:Bänke:bancs
statue:Statuen:statues
painter:Maler:peintre; bride:Braut:mariée; groom:Bräutigam:marié; hunter:Jäger:chasseur; monkey:Affen:singes
horses:Pferde:chevaux
dogs:Hunde:chiens; cats:Katzen:chats; cow:Kühe:vaches; wolves:Wölfe:loups; birds:Vögeln:oiseaux
bunny:Häschen:petit lapin
chicken:Hühner:poules; goose:Gans:oie; geese:Gänse:oies; peacock:Pfau:paon; flamingo:Flamingo:flamant rose
crocodile:Krokodil:crocodile
wolf pack:Wolfsrudel:meute; fishing rod:Angel:canne à pêche; fishing net:Fischernetz:filet de pêche
lifeguard:Bademeister:sauveteur
laptop:Notebook:portable; screen:Bildschirm:écran; keyboard:Tastatur:clavier; cable:Kabel:câble; cables:Kabel:câbles
robot arm:Roboterarm:bras robotique
sign:Schilder:panneaux; billboard:Reklametafel:panneau publicitaire; graffiti:Graffiti:graffiti
trash:Müll:déchets,ordures; smoke:Qualm:fumée
scales:Schuppen:écailles; bones:Knochen:os; bone:Knochen:os; crystals:Kristalle:cristaux; heap:Haufen:monceau
treasure:Schatz:trésor
chest:Truhe:coffre; coins:Münzen:pièces d'or; coin:Münze:pièce de monnaie; key:Schlüssel:clé,clef
lock:Schloss:serrure; chain:Kette:chaîne
chains:Ketten:chaînes; gem:Edelstein:pierre précieuse; gems:Edelsteine:pierres précieuses; diamond:Diamant:diamant
ruby:Rubin:rubis
violinist:Geiger,Geigerin:violoniste; violinists:Geiger:violonistes; guitarist:Gitarrist:guitariste
pianist:Pianist:pianiste
singer:Sänger,Sängerin:chanteur,chanteuse; band:Band:groupe; orchestra:Orchester:orchestre; bar:Bar,Kneipe:bar
cellar:Keller:cave à vin
office:Büro:bureau; hospital:Krankenhaus:hôpital; bathroom:Bad,Badezimmer:salle de bain; bathtub:Badewanne:baignoire
shower:Dusche:douche
bedroom:Schlafzimmer:chambre à coucher; living room:Wohnzimmer:salon; attic:Dachboden:grenier
hallway:Flur,Gang:couloir; stairs:Stufen:marches
elevator:Aufzug:ascenseur; corridor:Korridor:corridor; ceiling:Zimmerdecke:plafond
tiles:Fliesen,Kacheln:carreaux,carrelage
curtains:Vorhänge:rideaux; blinds:Jalousien:stores; cushions:Kissen:coussins; candle holder:Kerzenhalter:bougeoir
flower pot:Blumentopf:pot de fleurs
bulb:Glühbirne:ampoule; neon sign:Neonschild:enseigne au néon,enseigne; neon lights:Neonlichter:néons
string lights:Lichterkette:guirlande lumineuse
street lights:Straßenlaternen:lampadaires; headlights:Scheinwerfer:phares; exhaust:Auspuff:pot d'échappement
tires:Reifen:pneus; wheels:Räder:roues
steering wheel:Lenkrad:volant; engine:Motor:moteur; rider:Fahrer,Reiter:cavalier,motard; driver:Fahrer:conducteur
passenger:Passagier:passager
convertible:Cabrio:cabriolet,décapotable; sports car:Sportwagen:voiture de sport; van:Lieferwagen:camionnette
ambulance:Krankenwagen:ambulance
police car:Polizeiauto:voiture de police; fire truck:Feuerwehrauto:camion de pompiers
cruise ship:Kreuzfahrtschiff:paquebot; ferry:Fähre:ferry
raft:Floß:radeau; drone:Drohne:drone; parachute:Fallschirm:parachute; glider:Segelflieger:planeur
space station:Raumstation:station spatiale
robotic:roboterhaft:robotique; antenna:Antenne:antenne; wires:Drähte,Kabel:fils; gear:Zahnrad:engrenage
gears:Zahnräder:engrenages; pipes:Rohre:tuyaux
hammer:Hammer:marteau; saw:Säge:scie; scissors:Schere:ciseaux; needle:Nadel:aiguille; thread:Faden:fil
wool:Wolle:laine; cotton:Baumwolle:coton
velvet:Samt:velours; lace:Spitze:dentelle; fabric:Stoff:tissu; collar:Kragen:col; sleeves:Ärmel:manches
sleeve:Ärmel:manche; button:Knopf:bouton
buttons:Knöpfe:boutons; pocket:Tasche:poche; zipper:Reißverschluss:fermeture éclair; tights:Strumpfhose:collants
stockings:Strümpfe:bas
heels:Absätze,High Heels:talons; slippers:Hausschuhe:pantoufles; barefoot:barfuß:pieds nus
shorts:Shorts,kurze Hose:short; swimsuit:Badeanzug:maillot de bain
bikini:Bikini:bikini; tuxedo:Smoking:smoking; vest:Weste:gilet; blouse:Bluse:chemisier
hoodie:Kapuzenpulli:sweat à capuche; leather jacket:Lederjacke:veste en cuir
fur coat:Pelzmantel:manteau de fourrure; trench coat:Trenchcoat:trench; pajamas:Schlafanzug,Pyjama:pyjama
costume:Kostüm:déguisement; wig:Perücke:perruque
headscarf:Kopftuch:fichu; headband:Stirnband:bandeau; hairband:Haarband:serre-tête; tiara:Diadem:diadème
earring:Ohrring:boucle d'oreille; piercing:Piercing:piercing
ring:Ringe:anneau; brooch:Brosche:broche; handbag:Handtasche:sac à main; purse:Geldbörse:porte-monnaie
fan:Fächer:éventail; cane:Spazierstock:canne
pipe:Tabakspfeife:pipes; cigar:Zigarre:cigare; cigarette:Zigarette:cigarette; lipstick:Lippenstift:rouge à lèvres
blush:Rouge:fard; dimples:Grübchen:fossettes
cheeks:Wangen,Backen:joues; forehead:Stirn:front; chin:Kinn:menton; tongue:Zunge:langue; ear:Ohr:oreille
tooth:Zahn:dent; fangs:Reißzähne:crocs; eye:Auge:œil
knees:Knie:genoux; feet:Füße:pieds; foot:Fuß:pied; toes:Zehen:orteils; back:Rücken:dos; belly:Bauch:ventre
heart:Herz:cœur; hearts:Herzen:cœurs; tears:Tränen:larmes
bruise:Bluterguss:bleus au visage; stubble:Stoppelbart:barbe de trois jours; sideburns:Koteletten:favoris
dreadlocks:Dreadlocks:dreadlocks; bun:Dutt:chignon
mane:Mähne:crinière; whiskers:Schnurrhaare:moustaches; paw:Pfote:patte; paws:Pfoten:pattes; hooves:Hufe:sabots
antlers:Geweih:bois de cerf; beak:Schnabel:bec
nest:Nest:nid; feather:Feder:plume; egg shell:Eierschale:coquille; shell:Schale:carapace; horn:Horn:corne
trunk:Rüssel:trompe; hump:Höcker:bosse
salmon:Lachs:saumon; trout:Forelle:truite; goldfish:Goldfisch:poisson rouge; whales:Wale:baleines; sharks:Haie:requins
starfish:Seestern:étoile de mer
seal:Robbe:phoque; otter:Otter:loutre; beaver:Biber:castor; badger:Dachs:blaireau; raccoon:Waschbär:raton laveur
hamster:Hamster:hamster; rat:Ratte:rat
lizard:Eidechse:lézard; gecko:Gecko:gecko; chameleon:Chamäleon:caméléon; worm:Wurm:ver; ant:Ameise:fourmi
ants:Ameisen:fourmis; fly:Fliege:mouche
moth:Motte:papillon de nuit; dragonfly:Libelle:libellule; spiderweb:Spinnennetz:toile d'araignée
beetle:Käfer:scarabée; bull:Stier,Bulle:taureau; calf:Kalb:veau
lamb:Lamm:agneau; foal:Fohlen:poulain; pony:Pony:poney; mule:Maultier:mulet; rooster:Hahn:coq; turkey:Truthahn:dinde
hawk:Falke,Habicht:faucon
vulture:Geier:vautour; hummingbird:Kolibri:colibri; sparrow:Spatz:moineau; robin:Rotkehlchen:rouge-gorge
seagull:Möwe:mouette; pelican:Pelikan:pélican
leopard:Leopard:léopard; panther:Panther:panthère; cheetah:Gepard:guépard; gorilla:Gorilla:gorille
rhino:Nashorn:rhinocéros; buffalo:Büffel:buffle
griffin:Greif:griffon; werewolf:Werwolf:loup-garou; troll:Troll:troll; goblin:Goblin,Kobold:gobelin; gnome:Gnom:gnome
orc:Ork:orque; golem:Golem:golem
monster:Monster:monstre; god:Gott:dieu; goddess:Göttin:déesse; prince:Prinz:prince; emperor:Kaiser:empereur
priest:Priester:prêtre; nun:Nonne:nonne
thief:Dieb:voleur; archer:Bogenschütze:archer; guard:Wache,Wächter:garde; blacksmith:Schmied:forgeron
baker:Bäcker:boulanger; waiter:Kellner:serveur
butcher:Metzger:boucher; gardener:Gärtner:jardinier; photographer:Fotograf:photographe
astronaut:Astronauten:astronautes; pilot:Pilot:pilote; captain:Kapitän:capitaine
boxer:Boxerin:boxeuse; athlete:Sportler:athlète; runner:Läufer:coureur; cyclist:Radfahrer:cycliste
tourist:Tourist:touriste; tourists:Touristen:touristes
student:Student,Schüler:étudiant,élève; shepherd:Hirte,Schäfer:berger; hermit:Einsiedler:ermite
beggar:Bettler:mendiant; lady:Dame:dame; gentleman:Herr:monsieur
old man:Greis,alter Mann:vieillard,vieil homme; old woman:Greisin,alte Frau:vieille femme
grandparents:Großeltern:grands-parents;
neighbor:Nachbar:voisin; passers-by:Passanten:passants; crowd of people:Menschenmengen:foule de gens; army:Armee:armée
troops:Truppen:troupes
pine:Kiefer:pin; birches:Birken:bouleaux; willow:Weide:saule; maple:Ahorn:érable; cherry tree:Kirschbaum:cerisier
apple tree:Apfelbaum:pommier; palm tree:Palme:palmier
lawn:Rasen:pelouse,gazon; clover:Klee:trèfle; orchid:Orchidee:orchidée; lily:Lilie:lys
lilies:Lilien:lys; violets:Veilchen:violettes
dandelion:Löwenzahn,Pusteblume:pissenlit; thorns:Dornen:épines; berries:Beeren:baies; cherries:Kirschen:cerises
banana:Banane:banane; pear:Birne:poire
tomato:Tomaten:tomates; potato:Kartoffel:pomme de terre; carrot:Karotte,Möhre:carotte; corn:Mais:maïs
bread rolls:Brötchen:petits pains; croissant:Croissant:croissant
cookies:Kekse,Plätzchen:biscuits; chocolate:Schokolade:chocolat; hot chocolate:Kakao,heiße Schokolade:chocolat chaud
ice cream:Eis,Eiscreme:glace à la vanille
honey:Honig:miel; milk:Milch:lait; salt:Salz:sel; meat:Fleisch:viande; sausage:Wurst:saucisse; burger:Burger:burger
noodles:Nudeln:pâtes,nouilles; rice:Reis:riz
tablecloth:Tischdecke:nappe; napkin:Serviette:serviette de table; mug:Becher:gobelet; jar:Krug,Glas:bocal,cruche
tray:Tablett:plateau; kettle:Kessel:bouilloire
village square:Dorfplatz:place du village; alley:Gasse:ruelle; avenue:Allee:avenue; crossroads:Kreuzung:carrefour
sidewalk:Gehweg,Bürgersteig:trottoir; port:Hafenstadt:port de pêche
quarry:Steinbruch:carrière; mine:Mine,Bergwerk:mine; dam:Damm:barrage; canal:Kanal:canal; moat:Burggraben:douves
drawbridge:Zugbrücke:pont-levis; tent camp:Zeltlager:campement
greenhouse:Treibhaus:serres; stable:Stall:étable,écurie; well:Ziehbrunnen:puits; playground:Spielplatz:aire de jeux
carousel:Karussell:manège; ferris wheel:Riesenrad:grande roue
circus:Zirkus:cirque; stadium:Stadion:stade; theater:Theater:théâtre; museum:Museum:musée; hotel:Hotel:hôtel
prison:Gefängnis:prison; graveyard:Friedhof:cimetière
grave:Grab:tombe; tombstone:Grabstein:pierre tombale; pyramid:Pyramide:pyramide; pyramids:Pyramiden:pyramides
obelisk:Obelisk:obélisque; eiffel tower:Eiffelturm:tour Eiffel
wall:Wände:murs; bricks:Ziegelsteine:briques; planks:Bretter:planches; beam:Balken:poutre; crack:Riss:fissure
cracks:Risse:fissures; rust:Rost:rouille; paint:Farbe:peinture murale
shade:Schatten:ombrage; glow:Leuchten,Glühen:lueur; glare:Blendung:éblouissement; flash:Blitzlicht:flash
ray:Strahl:rayon; sparkle:Glitzern:scintillement; glitter:Glitzer:paillettes
rainstorm:Gewitter:orage; thunderstorm:Gewitter:orage; hurricane:Hurrikan:ouragan; tornado:Tornado:tornade
avalanche:Lawine:avalanche; flood:Flut,Überschwemmung:inondation
eclipse:Finsternis,Sonnenfinsternis:éclipse; milky way:Milchstraße:voie lactée; nebula:Sternennebel:nébuleuse
black hole:schwarzes Loch:trou noir; sunrise light:Morgenlicht:lumière du matin
evening light:Abendlicht:lumière du soir; daylight:Tageslicht:lumière du jour
studio light:Studiolicht:lumière de studio; candle light:Kerzenschein:lueur des bougies
negative space:Negativraum:espace négatif; symmetry:Symmetrie:symétrie; close-up:Nahaufnahme:gros plan
outline:Umriss,Kontur:contour; outlines:Umrisse,Konturen:contours
brush strokes:Pinselstriche:coups de pinceau; highlights:Glanzlichter:reflets lumineux
vintage look:Retro-Look:look rétro; film grain:Filmkorn:grain argentique; distortion:Verzerrung:distorsion
letter:Buchstabe:lettre; number:Zahl,Nummer:numéro; arrow:Pfeil:flèche; circle:Kreis:cercle
square shape:Quadrat:carré; triangle:Dreieck:triangle; star:Stern:étoile; cross:Kreuze:croix
bandage:Verband:bandage; bandages:Bandagen:bandages; crutch:Krücke:béquille; wheelchair:Rollstuhl:fauteuil roulant
stroller:Kinderwagen:poussette; doll:Puppe:poupée
teddy bear:Teddy,Teddybär:ours en peluche,nounours; marbles:Murmeln:billes; puzzle:Puzzle:puzzle; chess:Schach:échecs
chessboard:Schachbrett:échiquier; cards:Karten:cartes
present:Geschenk:cadeau; presents:Geschenke:cadeaux; christmas tree:Weihnachtsbaum,Christbaum:sapin de Noël
candy:Süßigkeiten:bonbons; ornament:Verzierung:ornement
ornaments:Verzierungen,Ornamente:ornements; armband:Armbinde:brassard; sash:Schärpe:écharpe de soie
banner:Banner:bannière; banners:Banner:bannières; flags:Fahnen,Flaggen:drapeaux
bells:Glocken:cloches; ropes:Seile:cordes; hook:Haken:crochet; net curtain:Gardine:voilage; ashes:Asche:cendres
coal:Kohle:charbon; oil lamp:Öllampe:lampe à huile; potion:Trank:potion
spell:Zauber:sort; magic circle:magischer Kreis:cercle magique; rune:Rune:rune; runes:Runen:runes
scroll:Schriftrolle:parchemin; quill:Federkiel:plume d'oie; ink:Tinte:encre noire
keeper:Wärter,Leuchtturmwärter:gardien; engraving:Gravur,Stich,Kupferstich:gravure; outside:draußen:dehors
inside:drinnen:dedans
looking at the viewer:uns anschauen,uns ansehen,zum Betrachter schauen:nous regarder,regarder le spectateur
shoulder:Schulter:épaule
everywhere:überall:partout; upstairs:oben im Haus:à l'étage; nearby:in der Nähe:à proximité; half:halb:moitié
mermaid:Nixe:sirènes
alps:Alpen:Alpes; railway:Eisenbahn:chemin de fer; cowboy:Cowboy:cow-boy; rifle:Gewehr:fusil; saddle:Sattel:selle
silhouettes:Silhouetten:silhouettes
herbs:Kräuter:herbes,fines herbes; spices:Gewürze:épices; pots:Töpfe:casseroles; pan:Pfannen:poêle
pans:Pfannen:poêles; apron:Schürzen:tabliers
chef:Köchin:cuisinière en chef; waiters:Kellner:serveurs; flame:Flamme:flamme
from the left:von links:de gauche,de la gauche
from the right:von rechts:de droite,de la droite; from above:von oben herab:du dessus; parsley:Petersilie:persil
basil:Basilikum:basilic
jersey:Trikot:maillot; motion blur:Bewegungsunschärfe:flou de mouvement
floodlights:Flutlichter,Flutlicht:projecteurs de stade
goalkeeper:Torwart:gardien de but; players:Spieler:joueurs; spectators:Zuschauer:spectateurs
workshop:Werkstatt:atelier
anvil:Amboss:enclume; bandana:Bandana:bandana; cutlass:Säbel:sabre; lamp:Leselampe:liseuse; linen:Leinen:lin
sheet:Laken:drap
earth:Erde:terre; mars:Mars:mars; painted:gemalt:peint,peinte; globe:Globus:globe; sunflower:Sonnenblume:tournesol
half moon:Halbmond:demi-lune; dancers:Tänzer,Tänzerinnen:danseuses; actor:Schauspieler:acteur
actress:Schauspielerin:actrice; surfer:Surfer:surfeur
fountain:Springbrunnen:jet d'eau; flour:Mehl:farine; customer:Kunde,Kundin:client,cliente
shop window:Schaufenster:vitrine
chef's hat:Kochmütze:toque; baguettes:Baguettes:baguettes; log:Holzstamm:bûche; biker:Radler:cycliste
stool:Hocker:tabouret; stools:Hocker:tabourets
guests:Gäste:invités,convives; bartender:Barkeeper:barman; brass:Messing:laiton; details:Verzierungen:ornementations
maze:Labyrinth,Irrgarten:labyrinthe
statues:Statuen:statues; saxophone:Saxofon,Saxophon:saxophone; musicians:Musiker:musiciens; quay:Ufer:rive
shore:Küste:rivage; dune:Düne:dune
dunes:Dünen:dunes; oasis:Oase:oasis; tent:Zelte:tentes; bonfire:Feuerstelle:feu de bois; ash:Asche:cendre
snowflake:Schneeflocke:flocon
pavement:Pflaster:pavé; roof tiles:Dachziegel:tuiles; chimneys:Schornsteine:cheminées; gutter:Dachrinne:gouttière
doorway:Eingang:entrée
porch:Veranda:véranda; courtyard:Innenhof,Hof:cour; staircase:Treppenhaus:cage d'escalier; railing:Geländer:rambarde
bench:Parkbank:banc public
freckle:Sommersprosse:tache de rousseur; hairstyle:Frisur:coiffure; lipstick:Lippenstifte:rouge
nail polish:Nagellack:vernis à ongles; eyeliner:Lidstrich:eye-liner
smile:Grinsen:large sourire; gaze:Blick:regard; expression:Gesichtsausdruck,Ausdruck:expression; gesture:Geste:geste
posture:Körperhaltung:posture
uniform:Uniformen:uniformes; medal:Medaille:médaille; badge:Abzeichen:insigne; rucksack:Ranzen:cartable
lunchbox:Brotdose:boîte à goûter
typewriter:Schreibmaschine:machine à écrire; record player:Plattenspieler:tourne-disque; radio:Radio:radio
television:Fernseher:télévision,télé; headset:Headset:micro-casque
cape:Umhang:cape; realism:Realismus:réalisme; fantasy:Fantasy,Fantasie:fantaisie; prince:Prinzen:princes
compass:Kompass:boussole; footprints:Fußspuren,Fußabdrücke:traces de pas,empreintes; charts:Seekarten:cartes marines
ridge:Grat:crête
skylight:Oberlicht,Dachfenster:lucarne,puits de lumière; sculptor:Bildhauer,Bildhauerin:sculpteur,sculptrice
knitting:Stricken:tricoter,tricot
"""
