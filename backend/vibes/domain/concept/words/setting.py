"""Where it is, in which season and weather."""

LISTED = """
[nature outdoors]
in a pine forest
in a birch grove
in a meadow of wild flowers
on a mountain ridge
by a quiet lake
beside a river
in a rice terrace
in a vineyard
on a heath
in a bamboo grove
in a swamp
at the edge of the woods
in an orchard
[nature outdoors warm]
in a desert of red sand
in a savannah
in a jungle clearing
in a sunflower field
in a lavender field
[nature outdoors cold]
on a frozen lake
on a glacier
in a snowy valley
in the tundra
in falling snow
[sea outdoors]
on a rocky coast
on a sandy beach
in a small harbour
on the open sea
in a tidal pool
on a cliff above the sea
[sea]
under water
in a coral reef
[urban outdoors]
on a cobbled street
in a narrow alley
on a rooftop
at a night market
on a market square
in a city park
at a bus stop
on an iron bridge
in a courtyard with laundry
on a railway platform
[urban indoors]
in a subway station
in a small café
in a workshop
in a library
in a museum hall
in a theatre
in a diner
[indoors]
in a kitchen
in an attic
in a greenhouse
in an artist's studio
by a window
in an empty room
in a cellar with barrels
[fantasy outdoors]
in ruins overgrown with ivy
in an enchanted forest
among floating islands
in a garden of giant mushrooms
in a village on stilts
[scifi]
on a space station
on a red planet
in a neon city
in a hangar
in a domed garden
[outdoors]
in the rain
in the fog
in a thunderstorm
under a clear sky
in autumn leaves
in spring blossom
"""
