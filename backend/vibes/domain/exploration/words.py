"""Small lists of words for pictures: what may stand for one another in a prompt, and what may be added to it."""

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

ADDED = (LIGHT, MOOD, STYLE, WEATHER, CAMERA)
"""Lists from which something may be added to any prompt."""

INSTEAD: tuple[tuple[str, ...], ...] = (
    *ADDED,
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
