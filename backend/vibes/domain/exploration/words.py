"""Small lists of words for pictures: what may stand for one another in a prompt, what may be added to it, and which
words say the same."""

from dataclasses import dataclass

LIGHT = (
    *("golden hour light", "soft window light", "overcast daylight", "moonlight", "candlelight", "neon light"),
    *("backlight", "low winter sun", "light through leaves", "harsh noon sun", "lantern light", "blue hour light"),
)
MOOD = (
    *("calm", "joyful", "melancholy", "mysterious", "dramatic", "dreamlike"),
    *("lonely", "playful", "solemn", "tense", "tender", "wild"),
)
STYLE = (
    *("oil painting", "watercolour", "ink drawing", "charcoal sketch", "gouache", "woodcut"),
    *("photograph", "pastel drawing", "linocut", "digital painting", "pencil drawing", "fresco"),
)
WEATHER = ("in fog", "in the rain", "in falling snow", "under a clear sky", "in a storm", "in a heat haze")
CAMERA = ("close-up", "wide shot", "seen from above", "seen from below", "shallow depth of field", "long exposure")
PALETTE = (
    "muted colours",
    "vivid colours",
    "pastel colours",
    "earth tones",
    "black and white",
    "a single bright colour",
)


@dataclass(frozen=True, slots=True)
class Additions:
    """What may be added to a prompt that says nothing of its kind yet."""

    phrases: tuple[str, ...]
    said_by: tuple[str, ...]
    """Words with which a prompt says something of this kind, beside those of the phrases."""


ADDED = (
    Additions(
        LIGHT,
        ("light", "lit", "lighting", "sun", "sunny", "sunset", "sunrise", "dawn", "dusk", "noon", "night", "shadow"),
    ),
    Additions(
        tuple(f"{each} mood" for each in MOOD),
        (*MOOD, "mood", "atmosphere", "atmospheric", "gloomy", "serene", "cozy", "cosy"),
    ),
    Additions(
        STYLE,
        (
            "painting",
            "drawing",
            "photo",
            "sketch",
            "render",
            "anime",
            "manga",
            "comic",
            "illustration",
            "sculpture",
            "engraving",
            "pastel",
            "poster",
            "cartoon",
        ),
    ),
    Additions(
        WEATHER,
        ("fog", "rain", "snow", "storm", "cloud", "sunny", "sky", "wind", "weather", "indoors", "room", "interior"),
    ),
    Additions(
        CAMERA,
        ("shot", "view", "angle", "lens", "bokeh", "macro", "portrait", "depth", "exposure", "silhouette", "full"),
    ),
    Additions(
        PALETTE,
        (
            "colour",
            "colourful",
            "palette",
            "tone",
            "monochrome",
            "black",
            "white",
            "sepia",
            "red",
            "orange",
            "yellow",
            "green",
            "blue",
            "violet",
            "muted",
            "vivid",
            "pale",
        ),
    ),
)

INSTEAD: tuple[tuple[str, ...], ...] = (
    *(LIGHT, MOOD, STYLE, WEATHER, CAMERA, PALETTE),
    ("foggy", "misty", "hazy", "clear"),
    ("sunny", "cloudy", "rainy", "stormy", "snowy"),
    ("morning", "noon", "evening", "dusk", "night"),
    ("spring", "summer", "autumn", "winter"),
    ("red", "orange", "yellow", "green", "blue", "violet"),
    ("warm", "cool", "muted", "vivid", "pale"),
    ("old", "young", "ancient", "modern"),
    ("small", "large", "tiny", "huge"),
    ("forest", "meadow", "mountains", "coast", "desert", "city"),
    ("river", "lake", "sea", "pond"),
    ("portrait", "full figure", "silhouette", "profile"),
    ("smiling", "laughing", "pensive", "sleeping"),
    ("painting", "drawing", "photo", "sculpture"),
)
"""Words of one list may stand for one another."""

SAME: tuple[tuple[str, ...], ...] = (
    *(("fog", "foggy", "mist", "misty"), ("haze", "hazy"), ("rain", "rainy", "raining"), ("snow", "snowy", "snowing")),
    *(("storm", "stormy"), ("cloud", "cloudy", "overcast"), ("photo", "photograph", "photography", "photorealistic")),
    *(
        ("painting", "painted"),
        ("drawing", "drawn"),
        ("watercolour", "watercolor"),
        ("colour", "color", "coloured", "colored"),
    ),
    *(("moonlight", "moonlit"), ("candlelight", "candlelit"), ("backlight", "backlit")),
    *(("mystery", "mysterious"), ("drama", "dramatic"), ("dream", "dreamlike", "dreamy"), ("joy", "joyful")),
    *(("grey", "gray"), ("autumn", "fall"), ("tone", "toned"), ("colourful", "colorful")),
)
"""Words of one list say the same, so that one of them is not added or exchanged for where another stands."""
