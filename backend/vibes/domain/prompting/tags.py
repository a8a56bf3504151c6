"""Words that prompts are often made of, for completion: our own list, by what they tell of a picture."""

_SUBJECTS = """
portrait, self-portrait, old woman, young man, child, elderly couple, crowd, dancer, musician, knight, astronaut,
sailor, blacksmith, gardener, witch, wizard, robot, android, samurai, pilot, detective, queen, king, jester, monk,
cat, kitten, dog, puppy, fox, wolf, bear, owl, raven, horse, deer, stag, rabbit, badger, whale, octopus, jellyfish,
butterfly, dragonfly, beetle, tortoise, elephant, tiger, lion, dragon, phoenix, unicorn, griffin, mermaid,
still life, bouquet of flowers, bowl of fruit, tea set, typewriter, pocket watch, vintage camera, sailing ship,
steam locomotive, hot air balloon, motorcycle, bicycle, airship, spaceship, lighthouse, windmill, water mill
"""
_PLACES = """
forest clearing, pine forest, birch forest, rainforest, mountain lake, mountain pass, alpine meadow, desert dunes,
canyon, waterfall, rocky coast, sandy beach, tide pool, coral reef, volcano, glacier, frozen lake, tundra, savanna,
city street, narrow alley, rooftop terrace, market square, harbour, train station, subway platform, cathedral,
library, greenhouse, observatory, workshop, kitchen, attic, throne room, ruined temple, castle courtyard, old bridge,
cobbled street, country lane, vineyard, orchard, wheat field, lavender field, rice terraces, village at night,
underwater city, floating islands, space station, alien planet, neon-lit street, abandoned factory, diner, bookshop
"""
_STYLES = """
oil painting, watercolor, gouache, ink drawing, pencil sketch, charcoal drawing, pastel, linocut, woodcut, etching,
engraving, screen print, risograph, collage, paper cut, stained glass, mosaic, fresco, embroidery, clay model,
digital painting, matte painting, concept art, vector illustration, flat colors, line art, cel shading, pixel art,
low poly, isometric, voxel art, 3d render, photograph, analog photograph, polaroid, film still, black and white,
sepia, cyanotype, double exposure, long exposure, infrared photograph, comic book, manga, anime style,
children's book illustration, travel poster, art nouveau, art deco, bauhaus, cubism, impressionism, expressionism,
surrealism, pointillism, baroque, romanticism, minimalism, ukiyo-e, steampunk, cyberpunk, solarpunk, retrofuturism
"""
_LIGHT = """
golden hour, blue hour, sunrise, sunset, twilight, midday sun, overcast, moonlight, starlight, candlelight, firelight,
lantern light, neon light, soft light, diffused light, hard light, rim light, backlighting, side lighting,
volumetric light, god rays, dappled light, chiaroscuro, low key, high key, studio lighting, softbox, silhouette,
long shadows, glowing, bioluminescent, reflections, caustics, lens flare, bokeh, foggy, misty, hazy, rainy, snowing,
stormy, thunderstorm, falling leaves, cherry blossoms, fireflies, sparks, smoke, dust motes
"""
_CAMERA = """
close-up, extreme close-up, macro, medium shot, cowboy shot, full body, wide shot, establishing shot, panorama,
bird's-eye view, aerial view, low angle, high angle, worm's-eye view, dutch angle, over the shoulder, from behind,
from the side, profile view, three-quarter view, symmetrical, rule of thirds, centered composition, negative space,
leading lines, framed by a window, shallow depth of field, deep focus, tilt-shift, fisheye lens, 35mm, 50mm, 85mm,
telephoto, motion blur, split screen, cross-section, cutaway, exploded view, blueprint, character sheet, top-down
"""
_MOODS = """
serene, peaceful, cozy, dreamy, whimsical, playful, joyful, nostalgic, melancholic, lonely, mysterious, eerie,
ominous, dramatic, epic, majestic, tense, chaotic, intimate, romantic, hopeful, solemn, gritty, elegant, tender
"""
_COLORS = """
muted colors, pastel colors, vibrant colors, earth tones, warm colors, cool colors, monochrome, duotone,
complementary colors, teal and orange, crimson, scarlet, vermilion, amber, ochre, gold, emerald, jade, turquoise,
teal, cobalt blue, ultramarine, indigo, violet, magenta, coral, ivory, charcoal grey, silver, copper, iridescent
"""
_DETAILS = """
red hair, blonde hair, black hair, grey hair, curly hair, braided hair, short hair, long hair, freckles, beard,
glasses, scarf, hat, hood, cloak, armor, kimono, raincoat, wool sweater, leather jacket, denim jacket, evening gown,
smiling, laughing, looking at viewer, looking away, eyes closed, reading, running, jumping, sitting, dancing, sleeping,
intricate details, fine texture, visible brushstrokes, paper texture, film grain, weathered, mossy, rusty, cracked
"""
_KEPT_OUT = """
blurry, out of focus, low resolution, jpeg artifacts, noise, watermark, signature, text, logo, frame, border, cropped,
deformed hands, extra fingers, extra limbs, bad anatomy, duplicate, oversaturated, overexposed, underexposed
"""


def tags() -> list[str]:
    """Each once, in the order of the list."""
    groups = (_SUBJECTS, _PLACES, _STYLES, _LIGHT, _CAMERA, _MOODS, _COLORS, _DETAILS, _KEPT_OUT)
    return list(dict.fromkeys(" ".join(tag.split()) for group in groups for tag in group.split(",")))
