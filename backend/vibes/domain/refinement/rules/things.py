"""Things that pictures show, in English, German and French: ``english:german,forms:french,forms``."""

THINGS = """
hat:Hut,Hüte:chapeau; cap:Mütze,Kappe:casquette,bonnet; helmet:Helm:casque; crown:Krone:couronne
glasses:Brille:lunettes
sunglasses:Sonnenbrille:lunettes de soleil; scarf:Schal:écharpe,foulard; coat:Mantel,Mäntel:manteau; jacket:Jacke:veste
dress:Kleid:robe; skirt:Rock:jupe; shirt:Hemd:chemise; suit:Anzug:costume; trousers:Hose:pantalon
shoes:Schuhe,Schuh:chaussures
boots:Stiefel:bottes; gloves:Handschuhe:gants; umbrella:Regenschirm,Schirm:parapluie; bag:Tasche:sac; mask:Maske:masque
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
smile:Lächeln,lächelt,lächeln,lächelnd:sourire,sourit,souriant; wrinkles:Falten:rides
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
bridge:Brücke:pont; castle:Schloss,Burg:château; tower:Turm,Türme:tour; house:Haus,Häuser:maison; houses:Häuser:maisons
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
bread:Brot:pain; fruit:Obst,Frucht:fruit; apple:Apfel,Äpfel:pomme; wine:Wein:vin; coffee:Kaffee:café; cake:Kuchen:gâteau
tree:Baum:arbre; trees:Bäume:arbres; forest:Wald:forêt; flower:Blume:fleur; flowers:Blumen:fleurs; rose:Rose:rose
grass:Gras,Wiese:herbe; leaves:Blätter:feuilles; plants:Pflanzen:plantes; mushrooms:Pilze:champignons
meadow:Wiese:prairie
field:Feld:champ; moss:Moos:mousse; ivy:Efeu:lierre; palm trees:Palmen:palmiers; roots:Wurzeln:racines
branch:Ast:branche
lake:See:lac; river:Fluss,Flüsse:rivière,fleuve; sea:Meer:mer; ocean:Ozean:océan; beach:Strand:plage; island:Insel:île
waves:Wellen:vagues; water:Wasser:eau; waterfall:Wasserfall:cascade; mountain:Berg:montagne; mountains:Berge:montagnes
hill:Hügel:colline; rock:Fels,Felsen:rocher; rocks:Felsen,Steine:rochers; sand:Sand:sable; desert:Wüste:désert
cave:Höhle:grotte; valley:Tal:vallée; coast:Küste:côte; reflection:Spiegelung:reflet; reflections:Spiegelungen:reflets
sky:Himmel:ciel; sun:Sonne:soleil; moon:Mond:lune; stars:Sterne:étoiles; clouds:Wolken:nuages; cloud:Wolke:nuage
fog:Nebel:brouillard,brume; mist:Dunst:brumes légères; rain:Regen:pluie; snow:Schnee:neige; ice:Eis:glace
storm:Sturm:tempête
lightning:Blitz,Blitze:éclairs,éclair; rainbow:Regenbogen:arc-en-ciel; wind:Wind:vent; fire:Feuer:feu; smoke:Rauch:fumée
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
