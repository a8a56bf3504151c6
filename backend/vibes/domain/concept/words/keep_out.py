"""What must not be in it."""

LISTED = """
[quality]
blurry
out of focus
low quality
low resolution
jpeg artefacts
noise
grainy
overexposed
underexposed
oversaturated
washed out
banding
pixelated
unfinished
[person]
extra fingers
missing fingers
fused fingers
extra arms
extra legs
bad anatomy
deformed hands
crossed eyes
asymmetrical eyes
distorted face
plastic skin
long neck
bad teeth
stiff pose
duplicate figures
[writing]
text
letters
watermark
signature
logo
caption
speech bubbles
date stamp
user interface
[frame]
border
frame
cropped
cut off head
split screen
collage
tilted horizon
black bars
vignette
[photo]
lens flare
chromatic aberration
red eyes
motion blur
harsh flash
photograph
[painted]
painting
drawing
cartoon
3D render
anime
[urban]
people
crowd
cars
power lines
traffic signs
modern buildings
rubbish
scaffolding
[outdoors]
clouds
fog
rain
snow
birds
[indoors]
clutter
cables
furniture
mirrors
"""
