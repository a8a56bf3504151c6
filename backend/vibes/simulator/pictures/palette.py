"""Colours out of words: what the prompt says about light and place decides the palette."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from vibes.simulator.pictures.noise import generator

Colour = tuple[int, int, int]
Key = TypeVar("Key", bound=str)


class Place(StrEnum):
    HILLS = "hills"
    MOUNTAINS = "mountains"
    SEA = "sea"
    FOREST = "forest"
    DESERT = "desert"
    CITY = "city"
    MEADOW = "meadow"
    SPACE = "space"
    STUDIO = "studio"
    """The place without a landscape: a figure or nothing, before soft lights."""


@dataclass(frozen=True, slots=True)
class Light:
    """The sky from top to horizon, the lamp in it, and how dark the land before it is."""

    sky: tuple[Colour, Colour, Colour]
    lamp: Colour
    cloud: Colour
    shade: Colour
    stars: float = 0.0
    lamp_high: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    light: Light
    place: Place
    land: Colour
    accent: Colour


_LIGHTS: dict[str, Light] = {
    "dusk": Light(((38, 34, 84), (158, 76, 118), (250, 160, 96)), (255, 226, 168), (244, 142, 122), (30, 22, 52)),
    "night": Light(((6, 10, 32), (18, 34, 78), (60, 86, 132)), (236, 240, 255), (44, 62, 104), (6, 10, 26), 1.0, True),
    "dawn": Light(((92, 124, 178), (226, 176, 186), (255, 222, 182)), (255, 246, 220), (255, 206, 196), (50, 58, 88)),
    "day": Light(
        ((58, 124, 196), (130, 186, 228), (222, 238, 240)), (255, 252, 232), (255, 255, 255), (26, 50, 60), 0, True
    ),
    "storm": Light(((38, 46, 58), (84, 98, 112), (156, 168, 170)), (222, 226, 220), (62, 70, 82), (20, 26, 32)),
    "neon": Light(((16, 8, 44), (88, 22, 110), (240, 60, 140)), (90, 240, 255), (130, 40, 150), (12, 8, 34), 0.3),
    "fire": Light(((34, 12, 18), (132, 34, 22), (248, 138, 40)), (255, 226, 130), (116, 42, 30), (22, 8, 10)),
    "pastel": Light(
        ((158, 178, 226), (226, 196, 228), (255, 226, 220)), (255, 252, 240), (255, 240, 246), (96, 84, 130)
    ),
    "gold": Light(((122, 96, 72), (214, 164, 96), (252, 226, 164)), (255, 248, 214), (248, 214, 150), (54, 36, 22)),
    "ice": Light(((98, 138, 176), (172, 204, 224), (236, 244, 248)), (255, 255, 255), (246, 250, 255), (50, 76, 104)),
    "grey": Light(((28, 28, 30), (98, 98, 100), (206, 206, 204)), (250, 250, 246), (160, 160, 160), (12, 12, 14)),
}

_LIGHT_WORDS: dict[str, str] = {
    "dusk": "dusk sunset evening twilight sundown purple",
    "night": "night midnight moon moonlight moonlit stars starry dark nocturnal galaxy nebula space cosmos",
    "dawn": "dawn sunrise morning spring blossom peach",
    "day": "day noon sunny summer daylight sky blue clear",
    "storm": "storm rain rainy fog foggy mist misty cloudy overcast gloomy thunder",
    "neon": "neon cyberpunk synthwave vaporwave futuristic hologram",
    "fire": "fire lava volcano inferno flame hell ember burning red dragon",
    "pastel": "pastel dream dreamy fairy soft cute kawaii pink unicorn",
    "gold": "gold golden autumn fall vintage sepia warm amber harvest steampunk window",
    "ice": "ice snow winter frozen arctic glacier frost cold",
    "grey": "monochrome noir grayscale greyscale charcoal black-and-white ink",
}

_PLACE_WORDS: dict[Place, str] = {
    Place.SPACE: "space galaxy nebula planet cosmos universe asteroid orbit",
    Place.STUDIO: "portrait woman man girl boy person face 1girl 1boy selfie headshot abstract bokeh sign logo product",
    Place.CITY: "city street skyline tower cyberpunk building urban skyscraper town downtown",
    Place.SEA: "sea ocean beach coast lake water river island lighthouse boat ship sail harbour harbor wave waves",
    Place.FOREST: "forest jungle tree trees wood woods pine garden fairy deer fox",
    Place.DESERT: "desert dune dunes sand canyon mars camel pyramid",
    Place.MOUNTAINS: "mountain mountains snow alps peak glacier volcano cliff castle dragon ice",
    Place.MEADOW: "meadow flower flowers field farm spring blossom grass cottage cat dog horse",
}

_LAND: dict[Place, Colour] = {
    Place.HILLS: (74, 104, 82),
    Place.MOUNTAINS: (92, 102, 126),
    Place.SEA: (38, 92, 118),
    Place.FOREST: (40, 84, 66),
    Place.DESERT: (196, 136, 84),
    Place.CITY: (60, 62, 88),
    Place.MEADOW: (96, 134, 70),
    Place.SPACE: (62, 44, 104),
    Place.STUDIO: (84, 72, 92),
}

_ACCENTS: tuple[Colour, ...] = (
    (232, 92, 76),
    (246, 190, 84),
    (104, 192, 172),
    (118, 140, 224),
    (222, 120, 178),
    (240, 238, 214),
)


def palette_for(prompt: str) -> Palette:
    """The prompt's palette; the same words give the same palette, whatever the seed."""
    words = re.findall(r"[\w-]+", prompt.lower())
    random = generator("palette", prompt)
    light = _first_match(words, _LIGHT_WORDS) or random.choice(("dusk", "dawn", "day", "gold", "pastel"))
    place = _first_match(words, _PLACE_WORDS) or random.choice((Place.HILLS, Place.MOUNTAINS, Place.SEA))
    return Palette(_LIGHTS[light], place, _LAND[place], random.choice(_ACCENTS))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """``share`` 0 is the first colour, 1 is the second."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def _first_match(words: list[str], table: dict[Key, str]) -> Key | None:
    known = {word: key for key, line in table.items() for word in line.split()}
    return next((known[word] for word in words if word in known), None)
