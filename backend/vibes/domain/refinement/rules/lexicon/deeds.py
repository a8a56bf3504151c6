"""What is done in pictures: ``english participle:german forms:french forms``."""

DEEDS = """
swimming:schwimmen:nager; galloping:galoppieren,galoppierend,galoppiert:galoper,galopant
climbing:klettern,kletternd,klettert:grimper,grimpant,escalader
crawling:krabbeln,kriechen:ramper,rampant
falling:fallen,fallend,fällt:tomber,tombant; floating:schweben,schwebend,schwebt,treiben:flotter,flottant
diving:tauchen,tauchend:plonger,plongeant
throwing:werfen,werfend,wirft:lancer,lançant,jeter; catching:fangen,fangend,fängt:attraper,attrapant
kicking:treten,tretend:frapper du pied
punching:schlagen,boxen:frapper,boxer; smoking:rauchen,rauchend,raucht:fumer,fumant
fishing:angeln,fischen:pêcher,pêchant
cooking:kochen,kochend,kocht:cuisiner,cuisinant
baking:backen,backend:pâtisser; painting:malen,malend,malt:peindre,peignant
drawing:zeichnen,zeichnend:dessiner,dessinant
writing:schreiben,schreibend,schreibt:écrire,écrivant; thinking:nachdenken,denken,nachdenkend:penser,réfléchir
dreaming:träumen,träumend:rêver,rêvant; talking:reden,sprechen,sprechend,redet:parler,parlant
whispering:flüstern:chuchoter
shouting:schreien,rufen,schreiend:crier,criant; screaming:kreischen:hurler,hurlant; yawning:gähnen,gähnend:bâiller
winking:zwinkern,zwinkernd:faire un clin d'œil; frowning:die Stirn runzeln:froncer les sourcils
blushing:erröten:rougir
hugging:umarmen,umarmend:enlacer,embrasser,serrer dans ses bras; kissing:küssen,küssend:s'embrasser
holding hands:Händchen halten:se tenir la main
pointing:zeigen auf,deuten:pointer,montrer du doigt; leaning:lehnen,anlehnen,lehnend:s'appuyer,appuyé
bending:sich bücken:se pencher
hiding:verstecken,sich verstecken:se cacher,caché; waiting:warten,wartend,wartet:attendre,attendant
watching:zuschauen,beobachten:regarder,observer
looking down:nach unten schauen:regarder en bas; looking away:wegschauen,wegsehen:regarder ailleurs
looking left:nach links schauen:regarder à gauche
looking right:nach rechts schauen:regarder à droite; looking back:zurückschauen:regarder en arrière
turning around:sich umdrehen:se retourner
working:arbeiten,arbeitend:travailler,travaillant; driving:fahren,fahrend,fährt:conduire,conduisant
sailing:segeln,segelnd:naviguer
cycling:Rad fahren,radeln:faire du vélo; skating:Schlittschuh laufen:patiner; skiing:Ski fahren:skier
surfing:surfen,surfend:surfer
growing:wachsen,wachsend:pousser,poussant; melting:schmelzen,schmelzend:fondre,fondant; exploding:explodieren:exploser
sparkling:funkeln,funkelnd,glitzern,glitzernd:scintiller,scintillant,étincelant
flickering:flackern,flackernd:vaciller
dripping:tropfen,tropfend:goutter,dégoulinant; steaming:dampfen,dampfend:fumant,fumer
rising:aufsteigen,aufgehen,aufgehend:se lever,monter
setting:untergehen,untergehend:se coucher; blowing:wehen,wehend,pusten:souffler
roaring:brüllen,brüllend:rugir,rugissant
barking:bellen,bellend:aboyer; howling:heulen,heulend:hurler à la lune; grazing:grasen,grasend:brouter
hunting:jagen,jagend:chasser
carrying:tragen auf dem Arm,schleppen:porter sur le dos; pushing:schieben,schiebend:pousser devant
pulling:ziehen,ziehend:tirer
building:bauen,bauend:construire,construisant; digging:graben,grabend:creuser; planting:pflanzen,pflanzend:planter
praying:beten,betend:prier
meditating:meditieren,meditierend:méditer,méditant; resting:ausruhen,ausruhend:se reposer
bathing:baden,badend:se baigner
attacking:angreifen,angreifend:attaquer; fleeing:fliehen,fliehend:fuir,fuyant; landing:landen,landend:atterrir
taking off:abheben,starten:décoller
walking around:herumlaufen:se promener; stretching:strecken,sich strecken:s'étirer
posing:posieren,posierend:poser,posant; crouching:hocken,hockend:accroupi,accroupie
burning:lodern:brûler; open:öffnen,geöffnet:ouvrir; closed:schließen,zu:fermer
"""
