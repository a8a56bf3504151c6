"""Its colours."""

LISTED = """
[warm]
warm colours
burnt orange and gold
terracotta and cream
amber and honey
red and gold
rust and ochre
coral and peach
mustard yellow
autumn colours
sunset colours
copper tones
chocolate brown
[cold]
cool colours
teal and silver
ice blue
navy and white
slate grey and blue
mint and grey
turquoise and sand
deep ocean blues
steel blue
winter colours
[contrast]
teal and orange
blue and yellow
purple and gold
red and black
pink and green
complementary colours
black and white
high contrast
one red accent
[muted]
muted colours
earth tones
pastel colours
dusty rose
sage green
faded colours
sepia
desaturated
beige and ivory
powder blue
old paper tones
lilac and grey
[vivid]
vivid colours
saturated colours
neon colours
candy colours
jewel tones
rainbow colours
primary colours
acid green
electric blue
magenta and cyan
[dark]
dark tones
charcoal and ember
midnight blue
deep burgundy
black and gold
forest green
plum and black
[single]
monochrome
shades of blue
shades of green
shades of grey
shades of red
all white
duotone
limited palette
iridescent colours
gold leaf accents
"""
