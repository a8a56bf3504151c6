"""Who or what is in the picture."""

LISTED = """
[person]
an old fisherman mending a net
a young violinist
a blacksmith at the anvil
a dancer in mid-leap
a woman with silver hair
a boy with a paper boat
a girl holding a lantern
a baker dusted with flour
a clockmaker at the workbench
a beekeeper in a white veil
a grandmother telling a story
a traveller with a heavy backpack
[person scifi]
an astronaut without a helmet
a mechanic with a robotic arm
a pilot beside her small ship
[person fantasy]
a knight in dented armour
a witch with a basket of herbs
a wandering bard
a queen with antlers
[animal nature]
a red fox
a barn owl in flight
a grey wolf
a white stag
a hummingbird at a flower
a bear catching a salmon
a hare in tall grass
a murmuration of starlings
[animal sea]
a humpback whale
an octopus in a jar
a shoal of silver fish
a sea turtle
[animal indoors]
a sleeping cat
an old dog by the fire
a parrot on a chair
[animal fantasy]
a small dragon
a fox made of leaves
a giant moth
[scifi thing]
a rusty robot
a walking house
a satellite overgrown with moss
[urban thing]
a tram
a street food stall
a bicycle leaning on a wall
a vending machine
a spiral staircase
[nature thing]
a lone oak
a waterfall
a wooden bridge
a stone cottage
a mountain hut
a hot air balloon
[sea thing]
a lighthouse
a fishing boat
a shipwreck
a tall ship under full sail
[indoors thing]
a bowl of oranges
a bouquet of wild flowers
a stack of old books
a grand piano
a steaming cup of tea
a terrarium
a pocket watch
[fantasy thing]
a floating island
a city inside a bottle
a door in a tree
a castle on a rock
"""
