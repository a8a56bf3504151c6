"""Paints a scene: sky, light, receding layers of land, water, and what stands in front."""

from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageOps

from vibes.simulator.pictures import motifs
from vibes.simulator.pictures.canvas import Canvas, Point, Shape, gradient
from vibes.simulator.pictures.noise import SMOOTH, contrast, field, generator, happens, ridge
from vibes.simulator.pictures.palette import Colour, Palette, Place, mix
from vibes.simulator.pictures.scene import Scene

_RIDGE_POINTS = 160
_TREE_LINE, _SNOW_LINE = 0.2, 0.6
"""Nearness, 0 to 1, from which a ridge shows its trees, and below which it shows snow."""
_BRIGHT = 330
"""Sum of a cloud's red, green and blue below which ridges have no snow."""
_PAST_THE_EDGE = 1.02


def paint(scene: Scene, size: tuple[int, int]) -> Image.Image:
    """The picture of a scene, before style and finish."""
    canvas = Canvas(Image.new("RGB", size))
    if scene.palette.place is Place.STUDIO:
        _studio(canvas, scene)
    else:
        _sky(canvas, scene)
        if scene.palette.place is Place.SPACE:
            _space(canvas, scene)
        else:
            _land(canvas, scene)
    return _brushwork(canvas.image, generator("brush", scene.key))


def _sky(canvas: Canvas, scene: Scene) -> None:
    """Paint the sky. Soft parts are painted at half the size, which looks the same at a quarter of the cost."""
    light = scene.palette.light
    depth = 1.0 if scene.palette.place is Place.SPACE else min(scene.horizon + 0.12, 1.0)
    top, middle, low = light.sky
    half = Canvas(Image.new("RGB", (max(canvas.size[0] // 2, 8), max(canvas.size[1] // 2, 8))))
    half.wash((top, mix(top, middle, 0.6), middle, mix(middle, low, 0.7), low), 0.0, depth)
    random = generator("sky", scene.key)
    _clouds(half, random, scene)
    half.glow(scene.lamp, 0.62, light.lamp, 0.55)
    half.glow(scene.lamp, scene.lamp_radius * 3.2, light.lamp, 0.8)
    canvas.image.paste(half.image.resize(canvas.size, SMOOTH))
    if light.stars:
        _stars(canvas, random, scene, round(180 * light.stars))
    if scene.palette.place is not Place.SPACE:
        canvas.disc(scene.lamp, scene.lamp_radius, mix(light.lamp, (255, 255, 255), 0.35))


def _stars(canvas: Canvas, random: Random, scene: Scene, count: int) -> None:
    draw = ImageDraw.Draw(canvas.image)
    depth = 1.0 if scene.palette.place is Place.SPACE else scene.horizon
    for brightness in (0.35, 0.6, 0.95):
        spots = [(canvas.x(random.random()), canvas.y(random.random() ** 1.4 * depth)) for _ in range(count // 3)]
        draw.point(spots, fill=mix(scene.palette.light.sky[1], (255, 255, 250), brightness))
    for _ in range(count // 24):
        canvas.glow((random.random(), random.random() ** 1.4 * depth), 0.012, (255, 255, 255), 0.9)


def _clouds(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, size = scene.palette.light, canvas.size
    grey = field(random, size, (random.randint(2, 4), random.randint(5, 9)), 4)
    threshold = 0.66 - 0.3 * scene.clouds
    fade = gradient([(190, 190, 190), (255, 255, 255), (150, 150, 150), (0, 0, 0)], size).convert("L")
    body = ImageChops.multiply(contrast(grey, threshold, threshold + 0.22, 0.8), fade)
    lit = ImageChops.multiply(contrast(grey, threshold + 0.14, threshold + 0.3, 0.7), fade)
    canvas.veil(body, mix(light.cloud, light.sky[1], 0.35))
    canvas.veil(lit, mix(light.cloud, light.lamp, 0.45))


def _space(canvas: Canvas, scene: Scene) -> None:
    palette, random = scene.palette, generator("space", scene.key)
    width, height = canvas.size
    small = (max(width // 3, 8), max(height // 3, 8))
    for colour in (palette.accent, palette.light.sky[2], palette.land):
        cloud = contrast(field(random, small, (3, 3), 4), 0.5, 0.85, 0.6)
        canvas.veil(cloud.resize((width, height), SMOOTH), colour)
    _stars(canvas, random, scene, 220)
    motifs.planet(canvas, random, scene)


def _land(canvas: Canvas, scene: Scene) -> None:
    random = generator("land", scene.key)
    palette = scene.palette
    backdrop = scene.ridges if not scene.water else max(scene.ridges - 1, 1)
    for layer in range(backdrop):
        nearness = layer / max(scene.ridges - 1, 1) * (0.55 if scene.water else 1.0)
        _ridge_layer(canvas, random, scene, nearness)
        if layer == 0:
            _mist(canvas, scene, scene.horizon, 0.45)
    if palette.place is Place.CITY:
        motifs.skyline(canvas, random, scene)
    motifs.draw_far(canvas, random, scene)
    if scene.water:
        _water(canvas, random, scene)
    motifs.draw_middle(canvas, random, scene)
    if not scene.water or "cat" in scene.motifs or happens(random, 0.7):
        _foreground(canvas, random, scene)
    motifs.draw_near(canvas, random, scene)


def _ridge_layer(canvas: Canvas, random: Random, scene: Scene, nearness: float) -> None:
    palette = scene.palette
    base = scene.horizon + (0.94 - scene.horizon) * nearness**1.3
    height = (0.05 + 0.3 * scene.roughness) * (1 - 0.55 * nearness)
    bumps = random.randint(2, 3) + round(3 * scene.roughness)
    heights = ridge(random, _RIDGE_POINTS, bumps, scene.roughness)
    line = [(i / (_RIDGE_POINTS - 1), base - height * level) for i, level in enumerate(heights)]
    shape = _below(canvas, line, base)
    colour = land_colour(palette, nearness)
    haze = mix(colour, palette.light.sky[2], 0.5 * (1 - nearness) + 0.08)
    canvas.fill(shape, (colour, mix(colour, haze, 0.5), haze))
    canvas.rim(shape, palette.light.lamp, 0.42 * (1 - 0.5 * nearness))
    if palette.place is Place.MOUNTAINS and nearness < _SNOW_LINE and sum(palette.light.cloud) > _BRIGHT:
        _snow(canvas, random, shape, palette)
    if scene.trees and nearness > _TREE_LINE:
        _tree_line(canvas, random, line, palette, nearness)


def land_colour(palette: Palette, nearness: float) -> Colour:
    """Far land takes the colour of the sky, near land the shade of the light."""
    hazy = mix(palette.land, palette.light.sky[1], 0.62)
    return mix(hazy, mix(palette.land, palette.light.shade, 0.74), min(nearness * 1.15, 1.0))


def _below(canvas: Canvas, line: list[Point], base: float) -> Shape:
    return canvas.shape([[*line, (1.01, max(base, 1.0)), (-0.01, max(base, 1.0))]])


def _snow(canvas: Canvas, random: Random, shape: Shape, palette: Palette) -> None:
    grey = field(random, shape.mask.size, (7, 5), 3)
    fade = ImageOps.invert(gradient([(0, 0, 0), (255, 255, 255), (255, 255, 255)], shape.mask.size).convert("L"))
    patches = ImageChops.multiply(contrast(grey, 0.42, 0.6, 0.85), fade)
    mask = ImageChops.multiply(patches, shape.mask)
    canvas.fill(Shape(mask, shape.left, shape.top), [mix(palette.light.cloud, (250, 250, 255), 0.6)])


def _tree_line(canvas: Canvas, random: Random, line: list[Point], palette: Palette, nearness: float) -> None:
    height = 0.02 + 0.075 * nearness
    outlines: list[list[Point]] = []
    position = -0.02
    while position < _PAST_THE_EDGE:
        tall = height * random.uniform(0.5, 1.35)
        foot = line[min(max(round(position * (_RIDGE_POINTS - 1)), 0), _RIDGE_POINTS - 1)][1] + 0.015
        outlines.append(motifs.conifer((position, foot), tall))
        position += height * random.uniform(0.12, 0.5) + happens(random, 0.1) * height
    canvas.fill(canvas.shape(outlines), [mix(land_colour(palette, nearness), palette.light.shade, 0.35)])


def _mist(canvas: Canvas, scene: Scene, at: float, strength: float) -> None:
    width, height = canvas.size
    band = max(round(height * 0.2), 2)
    mask = gradient([(0, 0, 0), (round(255 * strength),) * 3, (0, 0, 0)], (width, band)).convert("L")
    top = round(height * at) - band // 2
    canvas.image.paste(scene.palette.light.sky[2], (0, top, width, top + band), mask)


def _water(canvas: Canvas, random: Random, scene: Scene) -> None:
    palette = scene.palette
    width, height = canvas.size
    shore = round(canvas.y(min(scene.horizon + 0.05, 0.9)))
    depth = height - shore
    above = canvas.image.crop((0, max(shore - round(depth * 1.2), 0), width, shore))
    mirror = ImageOps.flip(above).resize((max(width // 5, 2), depth), Image.Resampling.BILINEAR)
    water = mix(palette.land, palette.light.shade, 0.45)
    tint = gradient(
        [mix(palette.light.sky[2], water, 0.35), water, mix(water, palette.light.shade, 0.5)], (width, depth)
    )
    surface = Image.blend(mirror.resize((width, depth), SMOOTH), tint, 0.46)
    ripples = field(random, (width, depth), (4, max(depth // 9, 6)), 2).point([96 + v // 4 for v in range(256)])
    surface = ImageChops.soft_light(surface, Image.merge("RGB", (ripples, ripples, ripples)))
    canvas.image.paste(surface, (0, shore))
    _glitter(canvas, random, scene, shore)
    canvas.image.paste(mix(water, palette.light.lamp, 0.45), (0, shore, width, shore + 1))


def _glitter(canvas: Canvas, random: Random, scene: Scene, shore: int) -> None:
    width, height = canvas.size
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    for _ in range(170):
        depth = random.random() ** 1.7
        y = shore + depth * (height - shore)
        spread = width * (0.012 + 0.11 * depth)
        x = canvas.x(scene.lamp[0]) + random.gauss(0, 1) * spread
        reach = width * random.uniform(0.004, 0.03) * (0.4 + depth)
        draw.line((x - reach, y, x + reach, y), fill=random.randint(60, 210))
    canvas.veil(mask, mix(scene.palette.light.lamp, (255, 255, 255), 0.3))


def _foreground(canvas: Canvas, random: Random, scene: Scene) -> None:
    palette = scene.palette
    heights = ridge(random, _RIDGE_POINTS, 2, 0.2)
    base, tall = random.uniform(0.93, 1.0), random.uniform(0.06, 0.16)
    slope = random.uniform(-0.12, 0.12)
    line = [
        (i / (_RIDGE_POINTS - 1), base - tall * level + slope * (i / _RIDGE_POINTS - 0.5))
        for i, level in enumerate(heights)
    ]
    shade = mix(mix(palette.land, palette.light.shade, 0.86), (0, 0, 0), 0.1)
    shape = _below(canvas, line, 1.0)
    canvas.fill(shape, (mix(shade, palette.land, 0.25), shade))
    canvas.rim(shape, palette.light.lamp, 0.25)
    if palette.place is not Place.DESERT:
        _grass(canvas, random, line, shade, palette)


def _grass(canvas: Canvas, random: Random, line: list[Point], shade: Colour, palette: Palette) -> None:
    blossom = palette.place is Place.MEADOW
    for tone in (0.0, 0.22, 0.45):
        blades: list[list[Point]] = []
        for _ in range(70 if blossom else 40):
            across, ground = line[random.randrange(len(line))]
            foot = ground + random.random() ** 2 * 0.1
            tip = (across + random.gauss(0.004, 0.01), foot - random.uniform(0.012, 0.05))
            blades.append([(across - 0.0016, foot), (across + 0.0016, foot), tip])
        canvas.fill(canvas.shape(blades), [mix(shade, palette.land, tone)])
        if blossom:
            _blossoms(canvas, random, blades, mix(palette.accent, palette.light.lamp, tone * 1.5))


def _blossoms(canvas: Canvas, random: Random, blades: list[list[Point]], colour: Colour) -> None:
    petals = []
    for blade in blades[::2]:
        (x, y), reach = blade[2], random.uniform(0.003, 0.009)
        petals.append([(x - reach, y), (x, y - reach), (x + reach, y), (x, y + reach)])
    canvas.fill(canvas.shape(petals), [colour])


def _studio(canvas: Canvas, scene: Scene) -> None:
    palette, random = scene.palette, generator("studio", scene.key)
    top, middle, low = palette.light.sky
    canvas.wash((mix(top, palette.light.shade, 0.4), middle, mix(low, palette.land, 0.55), palette.light.shade))
    canvas.glow((random.uniform(0.2, 0.8), random.uniform(0.1, 0.5)), 0.9, low, 0.7)
    for _ in range(random.randint(12, 22)):
        colour = mix(random.choice((palette.accent, low, palette.light.lamp)), middle, random.uniform(0, 0.5))
        centre, radius = (random.random(), random.betavariate(1.4, 1.6)), random.uniform(0.02, 0.13)
        canvas.disc(centre, radius, colour, random.uniform(0.1, 0.32))
        canvas.glow(centre, radius * 1.4, colour, 0.25)
    if "figure" in scene.motifs:
        motifs.figure(canvas, random, scene)
    elif "cat" in scene.motifs:
        motifs.cat(canvas, random, scene, tall=0.62)
    else:
        motifs.ribbons(canvas, random, scene)


def _brushwork(image: Image.Image, random: Random) -> Image.Image:
    """Add broad strokes of light and dark to flat parts, and darken the corners."""
    width, height = image.size
    small = (max(width // 2, 8), max(height // 2, 8))
    strokes = field(random, small, (max(width // 22, 4), max(height // 9, 4)), 2)
    strokes = strokes.point([104 + value * 48 // 255 for value in range(256)])
    corners = Image.radial_gradient("L").point([255 - max(value - 90, 0) * 130 // 165 for value in range(256)])
    relief = ImageChops.multiply(strokes, corners.resize(small, Image.Resampling.BILINEAR)).resize(image.size, SMOOTH)
    return ImageChops.soft_light(image, Image.merge("RGB", (relief, relief, relief)))
