"""From where it is seen: shot, angle, lens, composition."""

LISTED = """
[person]
close-up
extreme close-up
portrait
head and shoulders
half-length portrait
three-quarter view
standing figure
full body shot
profile view
over-the-shoulder shot
looking at the viewer
from behind
[wide]
wide shot
extreme wide shot
establishing shot
panorama
aerial view
bird's-eye view
top-down view
from a great distance
view through a window
view through a doorway
[angle]
low angle
high angle
eye level
worm's-eye view
Dutch angle
first-person view
isometric view
straight-on view
flat lay
cross-section view
[photo]
shallow depth of field
deep focus
bokeh
85 mm lens
50 mm lens
35 mm lens
24 mm wide-angle lens
200 mm telephoto
fisheye lens
tilt-shift
macro lens
anamorphic lens
motion blur
panning shot
long exposure
soft focus
film grain
handheld camera
freeze frame
[composition]
rule of thirds
centred composition
symmetrical composition
leading lines
framed by branches
negative space
diagonal composition
golden ratio
foreground out of focus
layers of depth
reflection in water
crowded frame
minimalist composition
knolling
"""
