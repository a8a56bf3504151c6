"""The brushes: gradients, glows and soft-edged shapes on one RGB image."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

from vibes.simulator.pictures.noise import SMOOTH
from vibes.simulator.pictures.palette import Colour

OVERSAMPLING = 2
"""Factor by which shapes are drawn larger and then reduced, which smooths their edges."""

Point = tuple[float, float]


@dataclass(slots=True)
class Canvas:
    """An RGB image to paint on. Positions are shares of its sides, 0..1 from the top left, so a scene fits every
    format."""

    image: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    @property
    def scale(self) -> float:
        """Pixels of the shorter side."""
        return min(self.image.size)

    def x(self, share: float) -> float:
        return share * self.image.width

    def y(self, share: float) -> float:
        return share * self.image.height

    def place(self, outline: Sequence[Point], at: Point, size: float) -> list[Point]:
        """The outline moved to ``at``, in shares of the canvas; its own unit, y upwards, becomes ``size`` of the
        shorter side."""
        across, up = size * self.scale / self.image.width, size * self.scale / self.image.height
        return [(at[0] + x * across, at[1] - y * up) for x, y in outline]

    def wash(self, colours: Sequence[Colour], top: float = 0.0, bottom: float = 1.0) -> None:
        """A vertical gradient over the whole width."""
        upper, lower = round(self.y(top)), round(self.y(bottom))
        if lower > upper:
            self.image.paste(gradient(colours, (self.image.width, lower - upper)), (0, upper))

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float) -> None:
        """Light that fades with distance; ``radius`` in shares of the shorter side."""
        reach = max(round(radius * self.scale), 1)
        mask = _falloff(reach * 2).point([round(value * strength) for value in range(256)])
        self._stamp(colour, mask, round(self.x(centre[0])) - reach, round(self.y(centre[1])) - reach)

    def disc(self, centre: Point, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """A sharp-edged disc."""
        reach = max(round(radius * self.scale), 1)
        side = 2 * reach
        mask = Image.new("L", (side * OVERSAMPLING, side * OVERSAMPLING))
        ImageDraw.Draw(mask).ellipse((0, 0, side * OVERSAMPLING - 1, side * OVERSAMPLING - 1), round(255 * strength))
        mask = mask.reduce(OVERSAMPLING)
        self._stamp(colour, mask, round(self.x(centre[0])) - reach, round(self.y(centre[1])) - reach)

    def shape(self, outlines: Sequence[Sequence[Point]]) -> "Shape":
        """A mask out of polygons given in shares; paint with it afterwards."""
        across = [point[0] for outline in outlines for point in outline]
        down = [point[1] for outline in outlines for point in outline]
        left, right = max(int(self.x(min(across))), 0), min(int(self.x(max(across))) + 2, self.image.width)
        top, bottom = max(int(self.y(min(down))), 0), min(int(self.y(max(down))) + 2, self.image.height)
        size = (max(right - left, 1), max(bottom - top, 1))
        mask = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
        draw = ImageDraw.Draw(mask)
        for outline in outlines:
            corners = [
                ((self.x(point[0]) - left) * OVERSAMPLING, (self.y(point[1]) - top) * OVERSAMPLING) for point in outline
            ]
            draw.polygon(corners, fill=255)
        return Shape(mask.reduce(OVERSAMPLING), left, top)

    def fill(self, shape: "Shape", colours: Sequence[Colour], strength: float = 1.0) -> None:
        """Paint a shape with a vertical gradient of its own height."""
        mask = shape.mask if strength == 1.0 else shape.mask.point([round(v * strength) for v in range(256)])
        paint = gradient(colours, mask.size) if len(colours) > 1 else colours[0]
        self.image.paste(paint, (shape.left, shape.top, shape.left + mask.width, shape.top + mask.height), mask)

    def rim(self, shape: "Shape", colour: Colour, strength: float, direction: tuple[int, int] = (0, 2)) -> None:
        """Light on the edge of a shape that faces away from ``direction`` (pixels)."""
        moved = Image.new("L", shape.mask.size)
        moved.paste(shape.mask, direction)
        edge = ImageChops.darker(shape.mask, ImageChops.invert(moved))
        self.fill(Shape(edge, shape.left, shape.top), [colour], strength)

    def veil(self, mask: Image.Image, colour: Colour) -> None:
        """A colour through a mask as large as the canvas."""
        self.image.paste(colour, (0, 0, *self.image.size), mask)

    def _stamp(self, colour: Colour, mask: Image.Image, left: int, top: int) -> None:
        self.image.paste(colour, (left, top, left + mask.width, top + mask.height), mask)


@dataclass(frozen=True, slots=True)
class Shape:
    mask: Image.Image
    left: int
    top: int


def gradient(colours: Sequence[Colour], size: tuple[int, int]) -> Image.Image:
    """A smooth vertical gradient through the colours."""
    column = Image.frombytes("RGB", (1, len(colours)), bytes(part for colour in colours for part in colour))
    return column.resize((1, size[1]), SMOOTH).resize(size)


def _falloff(side: int) -> Image.Image:
    """White in the middle, black at the rim of the inscribed circle, quadratic between."""
    return Image.radial_gradient("L").point(_FALLOFF).resize((side, side), Image.Resampling.BILINEAR)


_FALLOFF = [round(255 * max(1 - value / 180, 0.0) ** 2) for value in range(256)]
"""Brightness by Pillow's radial gradient, which reaches 180 on the circle that touches the sides of its square."""
