"""Things that pictures show, in English, German and French: ``english:german,forms:french,forms``."""

THINGS = """
hat:Hut,Hüte:chapeau; cap:Mütze,Kappe:casquette,bonnet; helmet:Helm:casque; crown:Krone:couronne
glasses:Brille:lunettes
sunglasses:Sonnenbrille:lunettes de soleil; scarf:Schal:écharpe,foulard; coat:Mantel,Mäntel:manteau
jacket:Jacke:veste
dress:Kleid:robe; skirt:Rock:jupe; shirt:Hemd:chemise; suit:Anzug:costume; trousers:Hose:pantalon
shoes:Schuhe,Schuh:chaussures
boots:Stiefel:bottes; gloves:Handschuhe:gants; umbrella:Regenschirm,Schirm:parapluie; bag:Tasche:sac
mask:Maske:masque
armor:Rüstung:armure; sword:Schwert:épée; shield:Schild:bouclier; ring:Ring:bague; necklace:Kette,Halskette:collier
uniform:Uniform:uniforme; cloak:Umhang:cape; earrings:Ohrringe:boucles d'oreilles; tie:Krawatte:cravate
jewelry:Schmuck:bijoux
man:Mann,Männer:homme; woman:Frau:femme; girl:Mädchen:fille; boy:Junge:garçon; child:Kind:enfant; baby:Baby:bébé
people:Menschen,Leute,Personen:gens,personnes; person:Person:personne; crowd:Menge,Menschenmenge:foule; king:König:roi
queen:Königin:reine; knight:Ritter:chevalier; soldier:Soldat:soldat; witch:Hexe:sorcière
wizard:Zauberer:sorcier,magicien
robot:Roboter:robot; angel:Engel:ange; fairy:Fee:fée; princess:Prinzessin:princesse; warrior:Krieger:guerrier
face:Gesicht:visage; hair:Haare,Haar:cheveux; eyes:Augen,Auge:yeux; mouth:Mund:bouche; nose:Nase:nez
ears:Ohren:oreilles
hands:Hände,Hand:mains,main; fingers:Finger:doigts; arms:Arme,Arm:bras; legs:Beine:jambes; beard:Bart:barbe
smile:Lächeln,lächelt,lächeln,lächelnd:sourire,sourit,sourie,souriant,souriante; wrinkles:Falten:rides
freckles:Sommersprossen:taches de rousseur
skin:Haut:peau; teeth:Zähne:dents; pose:Pose,Haltung:pose; pipe:Pfeife:pipe; tattoo:Tattoo:tatouage
makeup:Schminke:maquillage
body:Körper:corps; muscles:Muskeln:muscles; wings:Flügel:ailes; tail:Schwanz:queue; horns:Hörner:cornes
lips:Lippen:lèvres
dog:Hund:chien; cat:Katze:chat; horse:Pferd:cheval,chevaux; bird:Vogel:oiseau; birds:Vögel:oiseaux; fish:Fisch:poisson
cow:Kuh,Kühe:vache; sheep:Schaf:mouton; wolf:Wolf,Wölfe:loup; fox:Fuchs:renard; bear:Bär:ours; deer:Hirsch,Reh:cerf
lion:Löwe:lion; tiger:Tiger:tigre; elephant:Elefant:éléphant; dragon:Drache,Drachen:dragon
butterfly:Schmetterling:papillon
butterflies:Schmetterlinge:papillons; owl:Eule:hibou,chouette; rabbit:Hase,Kaninchen:lapin; snake:Schlange:serpent
duck:Ente:canard; swan:Schwan:cygne; eagle:Adler:aigle; unicorn:Einhorn:licorne; seagulls:Möwen:mouettes
bee:Biene:abeille
goat:Ziege:chèvre; pig:Schwein:cochon; mouse:Maus:souris; monkey:Affe:singe; whale:Wal:baleine; spider:Spinne:araignée
boat:Boot,Kahn:bateau,barque; ship:Schiff:navire; canoe:Kanu:canoë; sailboat:Segelboot:voilier; car:Auto,Wagen:voiture
train:Zug:train; bicycle:Fahrrad:vélo; airplane:Flugzeug:avion; truck:Lastwagen:camion; bus:Bus:bus
motorcycle:Motorrad:moto
balloon:Ballon:ballon; rocket:Rakete:fusée; wheel:Rad:roue; anchor:Anker:ancre; sail:Segel:voile; rope:Seil:corde
bridge:Brücke:pont; castle:Schloss,Burg:château; tower:Turm,Türme:tour; house:Haus,Häuser:maison
houses:Häuser:maisons
church:Kirche:église; temple:Tempel:temple; hut:Hütte:cabane,hutte; barn:Scheune:grange; lighthouse:Leuchtturm:phare
building:Gebäude:bâtiment; buildings:Gebäude:bâtiments; city:Stadt:ville; village:Dorf:village; street:Straße:rue
road:Weg,Landstraße:route,chemin; wall:Wand,Mauer:mur; window:Fenster:fenêtre; door:Tür:porte; roof:Dach:toit
stairs:Treppe:escalier; fence:Zaun:clôture; garden:Garten:jardin; park:Park:parc; ruins:Ruine,Ruinen:ruines
fountain:Brunnen:fontaine
room:Zimmer,Raum:chambre,pièce; kitchen:Küche:cuisine; classroom:Klassenzimmer:salle de classe; table:Tisch:table
chair:Stuhl,Stühle:chaise; bed:Bett:lit; sofa:Sofa,Couch:canapé; lamp:Lampe:lampe; lantern:Laterne:lanterne
candle:Kerze:bougie
candles:Kerzen:bougies; book:Buch:livre; books:Bücher:livres; mirror:Spiegel:miroir; clock:Uhr:horloge; vase:Vase:vase
cup:Tasse:tasse; bottle:Flasche:bouteille; glass:Glas:verre; plate:Teller:assiette; carpet:Teppich:tapis
curtain:Vorhang:rideau
bread:Brot:pain; fruit:Obst,Frucht:fruit; apple:Apfel,Äpfel:pomme; wine:Wein:vin; coffee:Kaffee:café
cake:Kuchen:gâteau
tree:Baum:arbre; trees:Bäume:arbres; forest:Wald:forêt; flower:Blume:fleur; flowers:Blumen:fleurs; rose:Rose:rose
grass:Gras,Wiese:herbe; leaves:Blätter,Laub:feuilles; plants:Pflanzen:plantes; plant:Pflanze:plante
mushrooms:Pilze:champignons
meadow:Wiese:prairie
field:Feld:champ; moss:Moos:mousse; ivy:Efeu:lierre; palm trees:Palmen:palmiers; roots:Wurzeln:racines
branch:Ast:branche
lake:See:lac; river:Fluss,Flüsse:rivière,fleuve; sea:Meer:mer; ocean:Ozean:océan; beach:Strand:plage; island:Insel:île
harbor:Hafen:port; cliff:Klippe,Klippen:falaise; sunflowers:Sonnenblumen:tournesols; tulips:Tulpen:tulipes
bench:Bank,Sitzbank:banc; fireplace:Kamin:cheminée; armchair:Sessel:fauteuil; bowl:Schüssel,Schale:bol
mill:Mühle:moulin; windmill:Windmühle:moulin à vent; donkey:Esel:âne; chicken:Huhn,Hühner:poule
frog:Frosch:grenouille
turtle:Schildkröte:tortue; dolphin:Delfin,Delphin:dauphin; shark:Hai:requin; squirrel:Eichhörnchen:écureuil
kitten:Kätzchen:chaton; puppy:Welpe:chiot; raven:Rabe:corbeau; crow:Krähe:corneille
ostrich:Strauß:autruche; penguin:Pinguin:pingouin; dinosaur:Dinosaurier:dinosaure; ghost:Geist,Gespenst:fantôme
skull:Schädel,Totenkopf:crâne; skeleton:Skelett:squelette; zombie:Zombie:zombie; vampire:Vampir:vampire
pirate:Pirat:pirate; astronaut:Astronaut:astronaute; spaceship:Raumschiff:vaisseau spatial; ufo:Ufo:ovni
mermaid:Meerjungfrau:sirène; monk:Mönch:moine; nurse:Krankenschwester:infirmière; doctor:Arzt:médecin
farmer:Bauer:paysan; fisherman:Fischer:pêcheur; sailor:Matrose:marin; dancer:Tänzerin,Tänzer:danseuse,danseur
grandmother:Oma,Großmutter:grand-mère; grandfather:Opa,Großvater:grand-père; friend:Freund,Freundin:ami,amie
crane:Kran:grue; factory:Fabrik:usine; train station:Bahnhof:gare; airport:Flughafen:aéroport; market:Markt:marché
shop:Laden,Geschäft:magasin,boutique; restaurant:Restaurant:restaurant; school:Schule:école
library:Bibliothek:bibliothèque
skyscraper:Hochhaus,Wolkenkratzer:gratte-ciel; skyscrapers:Hochhäuser:gratte-ciels; balcony:Balkon:balcon
chimney:Schornstein:conduit; pier:Steg,Pier:jetée; path:Pfad,Weg:sentier; railway:Gleise,Schienen:rails
tunnel:Tunnel:tunnel
puddle:Pfütze:flaque; puddles:Pfützen:flaques; pond:Teich:étang; stream:Bach:ruisseau; swamp:Sumpf:marais
volcano:Vulkan:volcan; glacier:Gletscher:glacier; jungle:Dschungel:jungle; bush:Busch:buisson; bushes:Büsche:buissons
pine trees:Kiefern,Tannen:pins,sapins; fir tree:Tanne,Tannenbaum:sapin; birch:Birke:bouleau; oak:Eiche:chêne
cherry blossoms:Kirschblüten:fleurs de cerisier; petals:Blütenblätter:pétales; roses:Rosen:roses
lavender:Lavendel:lavande
basket:Korb:panier; barrel:Fass:tonneau; box:Kiste,Schachtel:boîte,caisse; suitcase:Koffer:valise
backpack:Rucksack:sac à dos
knife:Messer:couteau; fork:Gabel:fourchette; spoon:Löffel:cuillère; teapot:Teekanne:théière; tea:Tee:thé
beer:Bier:bière
cheese:Käse:fromage; egg:Ei:œuf; eggs:Eier:œufs; soup:Suppe:soupe; pizza:Pizza:pizza; strawberries:Erdbeeren:fraises
kite:Drachenflieger:cerf-volant; swing:Schaukel:balançoire; tent:Zelt:tente; campfire:Lagerfeuer:feu de camp
map:Karte:carte
newspaper:Zeitung:journal; letter:Brief:lettre; poster:Plakat,Poster:affiche
painting on the wall:Bild an der Wand:tableau au mur
pillow:Kissen:coussin; blanket:Decke:couverture; towel:Handtuch:serviette; shelf:Regal:étagère
desk:Schreibtisch:bureau
socks:Socken:chaussettes; belt:Gürtel:ceinture; veil:Schleier:voile; braid:Zopf:tresse; bow:Schleife:nœud
ribbon:Band:ruban
mustache:Schnurrbart:moustache; pigtails:Zöpfe:couettes; fur:Fell:fourrure; feathers:Federn:plumes
claws:Krallen:griffes
statue:Statue:statue; monument:Denkmal:monument; cross:Kreuz:croix; bell:Glocke:cloche; torch:Fackel:torche
torches:Fackeln:torches
snowman:Schneemann:bonhomme de neige; snowflakes:Schneeflocken:flocons; icicles:Eiszapfen:stalactites
hail:Hagel:grêle
sunlight:Sonnenlicht:lumière du soleil; moonlight:Mondlicht:clair de lune,lumière de la lune
sunbeams:Sonnenstrahlen:rayons de soleil
candlelight:Kerzenlicht:lumière des bougies; backlight:Gegenlicht:contre-jour; vignette:Vignette:vignettage
waves:Wellen:vagues; water:Wasser:eau; waterfall:Wasserfall:cascade; mountain:Berg:montagne; mountains:Berge:montagnes
hill:Hügel:colline; rock:Fels,Felsen:rocher; rocks:Felsen,Steine:rochers; sand:Sand:sable; desert:Wüste:désert
cave:Höhle:grotte; valley:Tal:vallée; coast:Küste:côte; reflection:Spiegelung:reflet; reflections:Spiegelungen:reflets
sky:Himmel:ciel; in the snow:im Schnee:sous la neige,dans la neige; in the rain:im Regen:sous la pluie
in the style of:im Stil von,im Stile von:dans le style de,à la manière de
in the sky:am Himmel,im Himmel:dans le ciel; in color:in Farbe:en couleur,en couleurs;
 sun:Sonne:soleil; moon:Mond:lune; stars:Sterne:étoiles; clouds:Wolken:nuages; cloud:Wolke:nuage
fog:Nebel:brouillard,brume; mist:Dunst:brumes légères; rain:Regen,regnen,regnet:pluie,pleuvoir,pleuve,pleut
snow:Schnee,schneien,schneit:neige,neiger; ice:Eis:glace
storm:Sturm:tempête
lightning:Blitz,Blitze:éclairs,éclair; rainbow:Regenbogen:arc-en-ciel; wind:Wind:vent; fire:Feuer:feu
smoke:Rauch:fumée
dust:Staub:poussière; sparks:Funken:étincelles; explosion:Explosion:explosion; steam:Dampf:vapeur
flames:Flammen:flammes
planet:Planet:planète; galaxy:Galaxie:galaxie; space:Weltraum,Weltall:espace; fireworks:Feuerwerk:feux d'artifice
heat:Hitze:chaleur
text:Text,Schrift:texte; watermark:Wasserzeichen:filigrane; logo:Logo:logo; signature:Unterschrift,Signatur:signature
frame:Rahmen:cadre; border:Rand:bordure; letters:Buchstaben:lettres; flag:Flagge,Fahne:drapeau; sign:Schild:panneau
distance:Ferne:lointain; in the distance:in der Ferne:au loin; background:Hintergrund:arrière-plan,fond
foreground:Vordergrund:premier plan; light:Licht:lumière
lights:Lichter:lumières
lighting:Beleuchtung:éclairage; shadow:Schatten:ombre; shadows:Schatten:ombres; colors:Farben,Farbe:couleurs,couleur
contrast:Kontrast:contraste; detail:Detail:détail; details:Details:détails; blur:Unschärfe:flou; grain:Körnung:grain
noise:Rauschen:bruit; focus:Fokus:mise au point; composition:Komposition,Bildaufbau:composition; style:Stil:style
mood:Stimmung:ambiance,humeur; atmosphere:Atmosphäre:atmosphère; depth:Tiefe:profondeur
perspective:Perspektive:perspective
saturation:Sättigung:saturation; texture:Textur:texture; neon:Neon:néon; bokeh:Bokeh:bokeh; drama:Drama,Dramatik:drame
silhouette:Silhouette:silhouette; pattern:Muster:motif; blood:Blut:sang; weapon:Waffe:arme; gun:Pistole:pistolet
phone:Handy,Telefon:téléphone; computer:Computer:ordinateur; camera:Kamera:caméra,appareil photo; money:Geld:argent
music:Musik:musique; guitar:Gitarre:guitare; piano:Klavier:piano; violin:Geige:violon; ball:Ball:balle
toy:Spielzeug:jouet
"""
