"""Where the light comes from, and its hour."""

LISTED = """
[day outdoors warm]
golden hour light
low evening sun
sunset
sunrise
warm morning light
late afternoon sun
light through leaves
dappled sunlight
harsh noon sun
bright sunlight
sun rays through haze
[day outdoors cold]
overcast daylight
soft diffused daylight
low winter sun
pale morning light
light through fog
blue hour light
at dawn
at dusk
stormy light
light before the rain
[night outdoors]
moonlight
starlight
aurora light
campfire glow
lightning flash
at night
firefly light
headlights in the rain
[night urban]
neon light
street lamp glow
light from shop windows
city glow on wet asphalt
flickering fluorescent light
traffic light glow
[indoors warm]
candlelight
fireplace glow
lantern light
soft window light
desk lamp light
warm incandescent light
string lights
light through blinds
light through stained glass
[indoors photo]
studio softbox light
ring light
butterfly lighting
Rembrandt lighting
split lighting
low-key lighting
high-key lighting
hard spotlight
beauty dish light
colour gel lighting
flash photography
[photo]
backlight
top light
rim light
side light
silhouette against the light
soft light
hard shadows
lens flare
volumetric light
god rays
chiaroscuro
[fantasy]
glowing from within
bioluminescence
magic sparks
light from a portal
[scifi]
holographic glow
cold blue console light
laser light
cinematic lighting
"""
