"""What a picture shows, decided from the prompt and the seed before anything is painted."""

from dataclasses import dataclass

from vibes.simulator.pictures.noise import generator, happens
from vibes.simulator.pictures.palette import Palette, Place, palette_for


@dataclass(frozen=True, slots=True)
class Scene:
    """The composition, in shares of the picture; ``key`` seeds the noise of each element."""

    key: str
    palette: Palette
    horizon: float
    lamp: tuple[float, float]
    lamp_radius: float
    clouds: float
    ridges: int
    roughness: float
    water: bool
    trees: bool
    motifs: tuple[str, ...]
    motif_at: float


_MOTIF_WORDS: dict[str, str] = {
    "lighthouse": "lighthouse",
    "boat": "boat ship sail sailboat",
    "castle": "castle palace fortress",
    "cabin": "house cabin cottage hut home barn",
    "balloon": "balloon airship",
    "birds": "bird birds seagull gull crow",
    "cat": "cat kitten",
    "figure": "portrait woman man girl boy person face 1girl 1boy selfie headshot",
    "planet": "planet space galaxy nebula cosmos",
    "tree": "oak willow",
}


def compose(prompt: str, seed: str) -> Scene:
    """Palette and motifs come from the words alone; where everything stands comes from the seed."""
    palette = palette_for(prompt)
    words = prompt.lower().replace(",", " ").replace(".", " ").split()
    random = generator("scene", prompt, seed)
    place = palette.place
    horizon = random.uniform(0.5, 0.76)
    height = random.uniform(0.14, 0.34) if palette.light.lamp_high else horizon - random.uniform(0.04, 0.2)
    return Scene(
        key=f"{prompt}|{seed}",
        palette=palette,
        horizon=horizon,
        lamp=(random.choice((random.uniform(0.14, 0.42), random.uniform(0.58, 0.86))), height),
        lamp_radius=random.uniform(0.03, 0.075) * (1.6 if happens(random, 0.2) else 1.0),
        clouds=random.uniform(0.1, 0.9),
        ridges=random.randint(2, 4) + (place is Place.MOUNTAINS),
        roughness={Place.MOUNTAINS: 0.85, Place.DESERT: 0.1, Place.MEADOW: 0.25}.get(place, random.uniform(0.2, 0.6)),
        water=place is Place.SEA or (place in _MAY_HAVE_LAKE and happens(random, 0.45)),
        trees=place is Place.FOREST or (place in _MAY_HAVE_TREES and happens(random, 0.6)),
        motifs=tuple(motif for motif, line in _MOTIF_WORDS.items() if set(line.split()) & set(words)),
        motif_at=random.choice((random.uniform(0.18, 0.4), random.uniform(0.6, 0.82))),
    )


_MAY_HAVE_LAKE = frozenset({Place.HILLS, Place.MOUNTAINS, Place.FOREST, Place.MEADOW, Place.CITY})
_MAY_HAVE_TREES = frozenset({Place.HILLS, Place.MEADOW, Place.MOUNTAINS, Place.SEA})
