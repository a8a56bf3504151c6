"""How it is made: medium, technique, genre."""

LISTED = """
[photo]
photograph
35 mm film photograph
black and white photograph
documentary photograph
street photography
studio portrait
editorial fashion photograph
macro photograph
long exposure photograph
double exposure
instant photograph
tintype
cyanotype
infrared photograph
drone photograph
product photograph
food photograph
film still
wildlife photography
architectural photography
[painted]
oil painting
watercolour
wet-on-wet watercolour
gouache
acrylic painting
tempera painting
fresco
impressionist painting
expressionist painting
baroque painting
romantic landscape painting
ink wash painting
pastel drawing
digital painting
concept art
matte painting
palette knife painting
[drawn]
pencil drawing
charcoal sketch
ink drawing
pen and wash
line art
comic panel
manga page
anime
cel shading
children's book illustration
botanical illustration
technical drawing
blueprint
storyboard sketch
chalk drawing
[printed]
woodcut
linocut
etching
lithograph
screen print
two-colour print
travel poster
art nouveau poster
art deco poster
stained glass
mosaic
paper cut
collage
[built]
clay animation
felt miniature
papercraft
porcelain figurine
wood carving
bronze sculpture
isometric diorama
low poly render
3D render
voxel art
[pixels]
pixel art
16-bit game sprite
vector illustration
flat design
"""
