"""Tells the field of a few words: by the lists, else by the word that they are about."""

import re
import unicodedata

from vibes.domain.concept.fields import Field
from vibes.domain.concept.listed import fields_by_keys, keys_of
from vibes.domain.refinement.words import key_of

PLACE = frozenset(
    [
        *("in", "on", "at", "by", "near", "beside", "inside", "outside", "under", "above", "among", "amid", "behind"),
        *("between", "during", "over", "through", "across", "against", "along", "before", "around", "beyond", "within"),
    ]
)
"""Prepositions that lead to a place, an hour or a season."""
LEADING = PLACE | {"with", "without"}

MANNERS = (Field.STYLE, Field.CAMERA)
"""What is said before "of": "a photo of a fox", "a close-up of a bee"."""

_HEADS = {
    Field.STYLE: "painting photograph photo photography illustration drawing sketch render rendering style art artwork "
    "poster print aesthetic comic manga anime sculpture engraving woodcut collage watercolor gouache masterpiece "
    "quality detail detailed 4k 8k hd uhd realistic photorealistic",
    Field.LIGHTING: "light lighting lit sunlight moonlight candlelight backlight daylight glow sunset sunrise "
    "dawn dusk twilight noon midnight shadow shadows backlit hour night morning evening afternoon",
    Field.MOOD: "mood atmosphere feeling vibe ambience",
    Field.CAMERA: "shot view angle lens closeup close-up bokeh focus composition framing perspective panorama camera "
    "portrait macro",
    Field.PALETTE: "color colors palette tone tones hue hues",
    Field.SETTING: "forest woods wood meadow mountain lake river desert jungle beach coast sea ocean harbor harbour "
    "street alley rooftop market city village town park garden kitchen library room studio café cafe castle cave "
    "rain fog mist snow storm winter summer autumn spring space planet station sky field cliff island hill valley "
    "house temple ruin bridge bar shop museum school hall road path pond waterfall island shore dock boat train "
    "wind haze thunderstorm background",
}
_FIELDS_BY_HEAD = {key_of(word): field for field, words in _HEADS.items() for word in words.split()}
_OPTICS = re.compile(r"\b\d{2,3} ?mm\b|\bf/\d|\bdepth of field\b", re.IGNORECASE)
_KEPT_ENDING = frozenset(
    ["lighting", "painting", "drawing", "morning", "evening", "feeling", "rendering", "engraving", "framing", "string"]
)
_MOST = 6
"""More words than these say more than one thing."""


def recognised(text: str) -> Field | None:
    """None: nothing is known of it."""
    listed = None if _says_more(text) else fields_by_keys().get(keys_of(text))
    if listed is not None:
        return listed
    words = text.casefold().replace("’", "'").split()
    if not words or len(words) > _MOST:
        return None
    if _OPTICS.search(text):
        return Field.CAMERA
    if any(word.endswith("ing") and word not in _KEPT_ENDING for word in words):
        return None  # somebody who does something
    field = _FIELDS_BY_HEAD.get(key_of(_bare(_head(words))))
    if field in MANNERS and "of" in words[1:-1]:
        return None  # what follows is who or what is seen
    return None if field is Field.SETTING and words[0] not in PLACE else field


def _says_more(text: str) -> bool:
    """Whether it has signs that mean something and are in no word: emoji, and whatever stands for a wildcard."""
    return any(unicodedata.category(sign) in {"So", "Co"} for sign in text)


def _head(words: list[str]) -> str:
    """The last word before what hangs on it: "light" of "soft light from above"; a preposition at the front is none."""
    rest = words[1:] if words[0] in LEADING else words
    end = next((at for at, word in enumerate(rest) if at and word in LEADING | {"of", "from"}), len(rest))
    return rest[end - 1] if rest else ""


def _bare(word: str) -> str:
    return word.strip(".,;:!?\"'()[]")
