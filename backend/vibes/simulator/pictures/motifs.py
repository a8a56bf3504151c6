"""The things that a prompt may name, as silhouettes from outlines in units of their own size, y upwards."""

import math
from random import Random

from PIL import ImageDraw

from vibes.simulator.pictures.canvas import Canvas, Point
from vibes.simulator.pictures.noise import happens
from vibes.simulator.pictures.palette import Colour, mix
from vibes.simulator.pictures.scene import Scene

_PAST_THE_EDGE = 1.03
_WHITE: Colour = (255, 255, 255)
_LAMPLIGHT: Colour = (255, 214, 130)

_FACE: list[Point] = [
    *((0.34, -0.02), (0.28, 0.13), (0.15, 0.26), (0.075, 0.33), (0.065, 0.42), (0.1, 0.452), (0.16, 0.452)),
    *((0.192, 0.472), (0.19, 0.505), (0.176, 0.522), (0.2, 0.538), (0.188, 0.55), (0.205, 0.566), (0.192, 0.59)),
    *((0.242, 0.606), (0.232, 0.628), (0.194, 0.69), (0.186, 0.71), (0.197, 0.75), (0.178, 0.82), (0.12, 0.88)),
]
_NAPE: list[Point] = [
    *((0.02, 0.9), (-0.08, 0.88), (-0.15, 0.81), (-0.165, 0.7), (-0.13, 0.6), (-0.085, 0.52), (-0.085, 0.4)),
    *((-0.16, 0.31), (-0.33, 0.22), (-0.43, 0.1), (-0.46, -0.02)),
]
_PROFILE = _FACE + _NAPE
"""A face in profile, looking right: from the chest over the head down to the back."""

_CROWN: list[Point] = [
    *((0.186, 0.8), (0.15, 0.895), (0.04, 0.93), (-0.08, 0.91), (-0.17, 0.83), (-0.185, 0.7), (-0.14, 0.57)),
    *((-0.06, 0.56), (-0.03, 0.65), (0.03, 0.72), (0.1, 0.76)),
]
_BUN: list[Point] = [(-0.12, 0.84), (-0.17, 0.93), (-0.27, 0.93), (-0.3, 0.83), (-0.24, 0.76), (-0.16, 0.76)]
_FLOWING: list[Point] = [
    *((0.0, 0.9), (-0.16, 0.86), (-0.21, 0.7), (-0.22, 0.52), (-0.3, 0.36), (-0.27, 0.22), (-0.16, 0.2)),
    *((-0.06, 0.3), (-0.03, 0.46), (-0.05, 0.62)),
]


def draw_far(canvas: Canvas, random: Random, scene: Scene) -> None:
    """Draw what is on the horizon or in the sky."""
    if "castle" in scene.motifs:
        _castle(canvas, random, scene)
    if "balloon" in scene.motifs:
        _balloon(canvas, random, scene)
    if "birds" in scene.motifs or happens(random, 0.25):
        _birds(canvas, random, scene)
    if "lighthouse" in scene.motifs:
        _lighthouse(canvas, random, scene)


def draw_middle(canvas: Canvas, random: Random, scene: Scene) -> None:
    """Draw what is on the water or in the meadow."""
    if "boat" in scene.motifs:
        _boat(canvas, random, scene)
    if "cabin" in scene.motifs:
        _cabin(canvas, random, scene)
    if "tree" in scene.motifs:
        _round_tree(canvas, random, scene)


def draw_near(canvas: Canvas, random: Random, scene: Scene) -> None:
    """Draw the figures in front."""
    if "cat" in scene.motifs:
        cat(canvas, random, scene, tall=0.3)
    if "figure" in scene.motifs:
        figure(canvas, random, scene)


def conifer(foot: Point, tall: float) -> list[Point]:
    """The outline of a fir with three tiers, in shares of the canvas."""
    x, y = foot
    left = [(0.03, 0.0), (0.03, 0.12), (0.24, 0.12), (0.1, 0.38), (0.18, 0.36), (0.07, 0.62), (0.12, 0.6)]
    side = [(x - tall * wide, y - tall * high) for wide, high in left]
    return [*side, (x, y - tall), *((2 * x - px, py) for px, py in reversed(side))]


def skyline(canvas: Canvas, random: Random, scene: Scene) -> None:
    """Three depths of towers with lit windows."""
    light = scene.palette.light
    for depth in range(3):
        foot, x = scene.horizon + 0.04 + 0.08 * depth, -0.03
        towers: list[tuple[float, float, float, float]] = []
        while x < _PAST_THE_EDGE:
            wide = random.uniform(0.03, 0.075) * (0.7 + 0.4 * depth)
            tall = random.betavariate(1.6, 3) * (0.62 - 0.12 * depth) + 0.05
            towers.append((x, foot - tall, x + wide, foot + 0.2))
            x += wide + random.uniform(-0.006, 0.02)
        masts = [((x0 + x1) / 2, top) for x0, top, x1, _ in towers if happens(random, 0.25)]
        outlines = [[(x0, low), (x1, low), (x1, top), (x0, top)] for x0, top, x1, low in towers]
        outlines += [[(x - 0.003, top), (x + 0.003, top), (x, top - 0.07)] for x, top in masts]
        colour = mix(light.sky[1], light.shade, 0.35 + 0.3 * depth)
        shape = canvas.shape(outlines)
        canvas.fill(shape, (colour, mix(colour, light.sky[2], 0.35 - 0.1 * depth)))
        canvas.rim(shape, light.lamp, 0.3, (1, 1))
        glow = random.choice((light.lamp, scene.palette.accent))
        _windows(canvas, random, [(x0, top, x1, foot) for x0, top, x1, _ in towers], 5 + 4 * depth, glow)


def cat(canvas: Canvas, random: Random, scene: Scene, *, tall: float) -> None:
    """A sitting cat seen from behind, looking at the light."""
    light, side = scene.palette.light, random.choice((-1, 1))
    tail = [(side * (0.2 + 0.27 * math.sin(step / 5)), 0.03 + 0.5 * (step / 12) ** 2) for step in range(13)]
    edge = [(x + side * 0.045, y - 0.02) for x, y in reversed(tail)]
    ears = [[(s * 0.17, 0.84), (s * 0.15, 1.05), (s * 0.02, 0.92)] for s in (-1, 1)]
    chest = [(-0.13, 0.78), (0.13, 0.78), (0.27, 0.3), (-0.27, 0.3)]
    outlines = [_oval((0, 0.3), (0.3, 0.34)), _oval((0, 0.78), (0.19, 0.165)), *ears, chest, [*tail, *edge]]
    shape = canvas.shape([canvas.place(outline, (scene.motif_at, 0.97), tall) for outline in outlines])
    fur = mix(light.shade, scene.palette.accent, 0.18)
    canvas.fill(shape, (mix(fur, light.sky[1], 0.2), light.shade))
    canvas.rim(shape, light.lamp, 0.75, (2, 2))


def figure(canvas: Canvas, random: Random, scene: Scene) -> None:
    """A head in profile against the light."""
    light, turn = scene.palette.light, random.choice((-1, 1))
    at, size = (0.5 - turn * random.uniform(0.0, 0.16), 1.02), random.uniform(0.86, 0.98)
    canvas.glow((at[0] + turn * 0.3, 0.4), 0.6, light.lamp, 0.5)
    dusk = mix(light.shade, scene.palette.land, 0.35)
    head = _mirrored(_PROFILE, turn)
    hair = random.choice(([_BUN, _CROWN], [_FLOWING, _CROWN], [_CROWN]))
    for outlines, upper, lower in (
        ([head], mix(dusk, (196, 120, 100), 0.28), mix(light.shade, scene.palette.accent, 0.3)),
        ([_mirrored(outline, turn) for outline in hair], mix(dusk, scene.palette.accent, 0.3), light.shade),
    ):
        shape = canvas.shape([canvas.place(_rounded(outline), at, size) for outline in outlines])
        canvas.fill(shape, (upper, lower))
        canvas.rim(shape, light.lamp, 0.75, (-turn * 2, 1))


def ribbons(canvas: Canvas, random: Random, scene: Scene) -> None:
    """Overlapping waves of colour, for a prompt that names nothing to draw."""
    palette = scene.palette
    for layer in range(5):
        phase, waves = random.uniform(0, math.tau), random.uniform(0.6, 1.6)
        height, lift = 0.4 + 0.13 * layer, random.uniform(0.05, 0.16)
        line = [(step / 40, height + lift * math.sin(phase + waves * math.tau * step / 40)) for step in range(41)]
        shape = canvas.shape([[*line, (1.01, 1.01), (-0.01, 1.01)]])
        colour = mix(mix(palette.accent, palette.light.sky[layer % 3], 0.5), palette.light.shade, 0.16 * layer)
        canvas.fill(shape, (colour, mix(colour, palette.light.shade, 0.6)), 0.75)
        canvas.rim(shape, palette.light.lamp, 0.5)


def planet(canvas: Canvas, random: Random, scene: Scene) -> None:
    """A ringed planet, lit from the left."""
    palette, radius = scene.palette, random.uniform(0.12, 0.24)
    at = (random.uniform(0.28, 0.72), random.uniform(0.35, 0.7))
    body, tilt = mix(palette.accent, palette.land, 0.3), random.uniform(-0.3, 0.3)
    canvas.glow(at, radius * 2, body, 0.5)
    ring = [_arc(1.95, tilt, 0, 40), _arc(1.95, tilt, 20, 40)]
    band = [_arc(1.5, tilt, 0, 40), _arc(1.5, tilt, 20, 40)]
    for half in (1, 0):
        if half == 0:
            canvas.disc(at, radius, mix(body, palette.light.shade, 0.62))
            for step in range(16):
                centre = (at[0] - radius * 0.028 * step, at[1] - radius * 0.025 * step)
                canvas.disc(centre, radius * (0.96 - 0.05 * step), mix(body, palette.light.lamp, 0.045 * step), 0.2)
        outline = canvas.place([*ring[half], *reversed(band[half])], at, radius)
        canvas.fill(canvas.shape([outline]), [mix(palette.light.lamp, body, 0.35)], 0.7)


def _lighthouse(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, tall = scene.palette.light, random.uniform(0.26, 0.4)
    at, foot = scene.motif_at, scene.horizon + 0.03
    rock = canvas.shape(
        [
            [
                (at - 0.2, foot + 0.05),
                (at - 0.11, foot - 0.015),
                (at, foot - 0.04),
                (at + 0.1, foot - 0.01),
                (at + 0.22, foot + 0.05),
            ]
        ]
    )
    canvas.fill(rock, (mix(scene.palette.land, light.shade, 0.7), light.shade))
    canvas.rim(rock, light.lamp, 0.4)
    lamp = (at, foot - tall * 1.045)
    for side, strength in ((-1, 0.1), (1, 0.16)):
        beam = canvas.shape([[lamp, (at + side * 1.1, lamp[1] - 0.16), (at + side * 1.1, lamp[1] + 0.06)]])
        canvas.fill(beam, [light.lamp], strength)

    def part(*outlines: list[Point], colours: tuple[Colour, ...], strength: float = 1.0) -> None:
        placed = [canvas.place(outline, (at, foot), tall) for outline in outlines]
        canvas.fill(canvas.shape(placed), colours, strength)

    bright, dark = mix((244, 238, 228), light.sky[1], 0.25), mix(light.shade, (90, 60, 60), 0.3)
    part(_taper(0, 1), colours=(bright, mix(bright, light.shade, 0.35)))
    for band in (0.1, 0.42, 0.74):
        part(_taper(band, band + 0.15), colours=(mix(scene.palette.accent, (168, 44, 40), 0.75),), strength=0.9)
    part([(0, 0), (0.11, 0), (0.068, 1), (0, 1)], colours=(light.shade,), strength=0.3)
    part(_box(-0.05, 1, 0.05, 1.09), colours=(light.lamp,))
    part(_box(-0.1, 1, 0.1, 1.02), [(-0.08, 1.085), (0.08, 1.085), (0, 1.15)], colours=(dark,))
    canvas.glow(lamp, 0.12, mix(light.lamp, _WHITE, 0.4), 0.95)


def _boat(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, size = scene.palette.light, random.uniform(0.09, 0.16)
    at = (1 - scene.motif_at + random.uniform(-0.08, 0.08), scene.horizon + random.uniform(0.08, 0.16))
    hull = [(-0.6, 0.12), (0.66, 0.16), (0.42, -0.1), (-0.42, -0.1)]
    sails = [[(0.03, 0.18), (0.03, 1.35), (0.58, 0.24)], [(-0.04, 0.2), (-0.04, 1.15), (-0.48, 0.22)]]
    echo = [[(x, -0.2 - 0.8 * y) for x, y in sail] for sail in sails]
    canvas.fill(canvas.shape([canvas.place(sail, at, size) for sail in echo]), [light.lamp], 0.14)
    white = (mix(light.lamp, _WHITE, 0.3), mix(light.cloud, light.sky[1], 0.4))
    canvas.fill(canvas.shape([canvas.place(sail, at, size) for sail in sails]), white)
    canvas.fill(canvas.shape([canvas.place(hull, at, size)]), (mix(light.shade, (120, 70, 50), 0.4), light.shade))


def _castle(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, at = scene.palette.light, (scene.motif_at, scene.horizon + 0.03)
    outlines: list[list[Point]] = [_box(-0.11, -0.03, 0.11, 0.08)]
    for middle, tall, wide in ((-0.09, 0.17, 0.022), (-0.03, 0.26, 0.03), (0.035, 0.2, 0.026), (0.09, 0.14, 0.02)):
        top, spire = tall * random.uniform(0.85, 1.2), 0.07 * random.uniform(0.8, 1.3)
        outlines.append(_box(middle - wide, 0, middle + wide, top))
        outlines.append([(middle - wide - 0.006, top), (middle + wide + 0.006, top), (middle, top + spire)])
    shape = canvas.shape([canvas.place(outline, at, 1.0) for outline in outlines])
    canvas.fill(shape, (mix(light.shade, light.sky[1], 0.35), mix(light.shade, light.sky[2], 0.15)))
    canvas.rim(shape, light.lamp, 0.5, (2, 1))
    _windows(canvas, random, [(at[0] - 0.09, at[1] - 0.16, at[0] + 0.09, at[1] - 0.01)], 16, light.lamp)


def _cabin(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, size = scene.palette.light, random.uniform(0.1, 0.15)
    at = (scene.motif_at, min(scene.horizon + 0.18, 0.9))

    def part(*outlines: list[Point], colours: tuple[Colour, ...]) -> None:
        canvas.fill(canvas.shape([canvas.place(outline, at, size) for outline in outlines]), colours)

    part(_box(-1, 0, 1, 0.7), colours=(mix((150, 110, 84), light.shade, 0.4), mix((110, 78, 60), light.shade, 0.6)))
    roof = [(-1.2, 0.66), (1.2, 0.66), (0.75, 1.35), (-0.75, 1.35)]
    part(roof, _box(0.4, 1, 0.6, 1.65), colours=(mix(scene.palette.accent, light.shade, 0.55), light.shade))
    for middle in (-0.5, 0.45):
        part(_box(middle - 0.16, 0.2, middle + 0.16, 0.5), colours=(_LAMPLIGHT,))
        canvas.glow((at[0] + size * middle, at[1] - size * 0.35), 0.09, _LAMPLIGHT, 0.5)
    for puff in range(4):
        smoke = (at[0] + size * (0.5 + 0.18 * puff), at[1] - size * (1.8 + 0.34 * puff))
        canvas.glow(smoke, 0.02 + 0.014 * puff, light.cloud, 0.5)


def _round_tree(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, tall = scene.palette.light, random.uniform(0.32, 0.44)
    x, y = scene.motif_at, min(scene.horizon + 0.2, 0.93)
    trunk = canvas.place([(-0.05, 0), (0.05, 0), (0.02, 0.6), (-0.02, 0.6)], (x, y), tall)
    canvas.fill(canvas.shape([trunk]), [mix(light.shade, (60, 40, 30), 0.4)])
    for _ in range(30):
        angle, reach = random.uniform(0, math.tau), random.random() ** 0.6 * tall * 0.34
        centre = (x + math.cos(angle) * reach, y - tall * 0.74 + math.sin(angle) * reach * 0.75)
        colour = mix(mix(scene.palette.land, light.shade, 0.5), light.lamp, random.uniform(0, 0.35))
        canvas.disc(centre, random.uniform(0.02, 0.05), colour, 0.85)


def _balloon(canvas: Canvas, random: Random, scene: Scene) -> None:
    light, size = scene.palette.light, random.uniform(0.07, 0.11)
    at = (scene.motif_at, random.uniform(0.2, 0.34))
    canvas.disc(at, size, mix(scene.palette.accent, light.shade, 0.1))
    stripes = [
        [(m - 0.12, 0.8), (m + 0.12, 0.8), (m * 0.8 + 0.1, -0.85), (m * 0.8 - 0.1, -0.85)] for m in (-0.5, 0.0, 0.5)
    ]
    canvas.fill(canvas.shape([canvas.place(stripe, at, size) for stripe in stripes]), [light.lamp], 0.55)
    basket = canvas.place([(-0.16, -1.35), (0.16, -1.35), (0.13, -1.6), (-0.13, -1.6)], at, size)
    canvas.fill(canvas.shape([basket]), [mix((110, 74, 48), light.shade, 0.3)])


def _birds(canvas: Canvas, random: Random, scene: Scene) -> None:
    draw = ImageDraw.Draw(canvas.image)
    colour = mix(scene.palette.light.shade, scene.palette.light.sky[0], 0.3)
    centre = (random.uniform(0.2, 0.8), random.uniform(0.14, 0.4))
    for _ in range(random.randint(4, 9)):
        x, y = canvas.x(centre[0] + random.gauss(0, 0.07)), canvas.y(centre[1] + random.gauss(0, 0.035))
        wing = canvas.scale * random.uniform(0.008, 0.02)
        draw.line((x - wing, y - wing * 0.5, x, y, x + wing, y - wing * 0.55), fill=colour)


def _windows(
    canvas: Canvas, random: Random, boxes: list[tuple[float, float, float, float]], count: int, colour: Colour
) -> None:
    draw = ImageDraw.Draw(canvas.image)
    for tone in (0.0, 0.3, 0.6):
        spots: list[Point] = []
        for left, top, right, bottom in boxes:
            for _ in range(max(count // 3, 1)):
                x, y = (
                    int(canvas.x(random.uniform(left, right))),
                    int(canvas.y(random.uniform(top, max(top, bottom)))),
                )
                spots += [(x, y), (x + 1, y)]
        draw.point(spots, fill=mix(colour, _LAMPLIGHT, tone))


def _mirrored(outline: list[Point], turn: int) -> list[Point]:
    return [(x * turn, y) for x, y in outline]


def _rounded(outline: list[Point]) -> list[Point]:
    """Cut every corner twice."""
    for _ in range(2):
        pairs = zip(outline, outline[1:] + outline[:1], strict=True)
        outline = [
            (a[0] * (1 - share) + b[0] * share, a[1] * (1 - share) + b[1] * share)
            for a, b in pairs
            for share in (0.25, 0.75)
        ]
    return outline


def _oval(centre: Point, radii: Point) -> list[Point]:
    turns = [step / 36 * math.tau for step in range(36)]
    return [(centre[0] + radii[0] * math.cos(turn), centre[1] + radii[1] * math.sin(turn)) for turn in turns]


def _arc(radius: float, tilt: float, first: int, steps: int) -> list[Point]:
    """Half of a ring seen from the side, from one end to the other."""
    turns = [(first + step) / steps * math.tau for step in range(steps // 2 + 1)]
    return [(radius * math.cos(turn), radius * (0.26 * math.sin(turn) + tilt * math.cos(turn))) for turn in turns]


def _box(left: float, bottom: float, right: float, top: float) -> list[Point]:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _taper(bottom: float, top: float) -> list[Point]:
    """A slice of a tower that narrows from 0.11 at its foot to 0.068 at its top."""
    low, high = (0.11 - 0.042 * level for level in (bottom, top))
    return [(-low, bottom), (low, bottom), (high, top), (-high, top)]
