"""Guesses from a file's name its model family, and whether it draws whole pictures."""

import re
from dataclasses import dataclass
from functools import lru_cache

_Table = tuple[tuple[re.Pattern[str], str], ...]

_END = r"(?![a-z])"
_START = r"(?:^|[^a-z])"

_FAMILIES: _Table = (
    # The narrower family first: a Pony checkpoint is an SDXL checkpoint, and its name often says both.
    (re.compile(r"pony|autismmix|pdxl|[-_ ]pny", re.IGNORECASE), "pony"),
    (
        re.compile(r"illustrious|illust(?:xl|[-_ ])|ilxl|noob.?(?:ai|xl)|wai.?(?:nsfw|ani|illu)", re.IGNORECASE),
        "illustrious",
    ),
    (re.compile(r"sd_?xl|xl(?=[-_. (]|v?\d|$)", re.IGNORECASE), "sdxl"),
    (re.compile(r"flux(?![-_. ]?2)", re.IGNORECASE), "flux"),
    (re.compile(r"qwen[-_. ]?image", re.IGNORECASE), "qwen-image"),
    (re.compile(r"z[-_. ]?image", re.IGNORECASE), "z-image"),
    (re.compile(r"(?:^|diffusion[-_ ]?)v1[-_.]?[45]|sd[-_. ]?v?1[-_.]?[45](?!\d)|sd15", re.IGNORECASE), "sd15"),
)
"""Families by words in a name."""

_FINETUNES: _Table = (
    (re.compile(r"animagine|juggernaut[-_ ]?x|realvis|big(?:asp|lust)|zavychroma|leosam", re.IGNORECASE), "sdxl"),
    (
        re.compile(
            r"dreamshaper|realistic[-_ ]?vision|deliberate|rev[-_ ]?animated|epic[-_ ]?realism|cyber[-_ ]?realistic"
            r"|absolute[-_ ]?reality|majicmix|meina(?:mix|hentai|pastel|unreal)|counterfeit|orangemix|aom3|chilloutmix"
            r"|ghostmix|anything[-_ ]?v|toonyou|lyriel|photon[-_]v|never[-_ ]?ending|icbinp|pastel[-_ ]?mix|openjourney"
            r"|analog[-_ ]?diffusion|protogen|inkpunk|edge[-_ ]?of[-_ ]?realism|juggernaut[-_ ](?:reborn|final|after)",
            re.IGNORECASE,
        ),
        "sd15",
    ),
)
"""Well-known finetunes whose names do not say their base; their XL versions say XL."""

_OTHERS: _Table = (
    (re.compile(rf"{_START}(?:sd[-_. ]?v?3|stable[-_ ]?diffusion[-_ ]?v?3)", re.IGNORECASE), "SD 3"),
    (
        re.compile(rf"(?:^|diffusion[-_ ]?)v2[-_.][01]|{_START}sd[-_. ]?v?2(?:[-_.]?[01])?(?![\da-z])", re.IGNORECASE),
        "SD 2",
    ),
    (re.compile(rf"{_START}flux[-_. ]?2", re.IGNORECASE), "Flux 2"),
    (
        re.compile(
            rf"{_START}(?:svd|wan2?[-_.]?\d|hunyuan|ltx|cosmos|mochi|cogvideo)|stable[-_ ]?video", re.IGNORECASE
        ),
        "a video model",
    ),
    (re.compile(rf"{_START}(?:stable[-_ ]?audio|ace[-_ ]?step)", re.IGNORECASE), "an audio model"),
    (
        re.compile(
            rf"{_START}(pixart|kolors|aura[-_ ]?flow|lumina|hidream|chroma(?!xl)|omnigen|stable[-_ ]?cascade)",
            re.IGNORECASE,
        ),
        "another family",
    ),
)
"""Families that the hub has no workflows for, so that they are not taken for others."""

OTHERS = frozenset(family for _, family in _OTHERS)

_SAYING = (_OTHERS, _FAMILIES)

_SPECIAL: _Table = (
    (re.compile(rf"inpaint|{_START}fill{_END}", re.IGNORECASE), "inpainting"),
    (re.compile(r"refiner", re.IGNORECASE), "refining"),
    (re.compile(rf"kontext|instruct|pix2pix|{_START}edit{_END}", re.IGNORECASE), "editing"),
    (re.compile(rf"{_START}(?:canny|depth|redux|openpose|controlnet){_END}", re.IGNORECASE), "control"),
)
_FEW_STEPS = re.compile(
    rf"turbo|lightning|{_START}lcm{_END}|hyper|dmd2?{_END}|schnell|{_START}\d{{1,2}}steps?", re.IGNORECASE
)

_PRECISION = re.compile(
    r"fp(?:8|16|32)|bf16|int8|nf4|e[45]m[23]fn?|scaled|mixed|q\d(?:_[k01])?(?:_[xsml]+)?|gguf|pruned|emaonly|ema(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FileGuess:
    family: str | None
    """None: the name does not tell. May be a family without workflows in the hub."""
    special: str | None = None
    """Its purpose if that is not whole pictures: ``inpainting``, ``refining``, ``editing``, ``control``."""
    well_known: bool = False
    """True: recognised as a well-known finetune, not by words for the family."""
    few_steps: bool = False
    """Made for few steps at a low CFG scale, so that a workflow's usual values do not suit it."""


@lru_cache(maxsize=4096)
def guess_file(name: str) -> FileGuess:
    """Guess from the file's own name; if that tells nothing, from its folders, the nearest first."""
    *folders, file = re.split(r"[\\/]", name)
    stem = re.sub(r"\.(?:safetensors|ckpt|pth?|gguf|sft|bin)$", "", file, flags=re.IGNORECASE)
    says_itself = next((found for part in (stem, *reversed(folders)) if (found := _first(part, *_SAYING))), None)
    family = says_itself or _first(stem, _FINETUNES)
    return FileGuess(
        family,
        special=_first(stem, _SPECIAL),
        well_known=family is not None and says_itself is None,
        few_steps=bool(_FEW_STEPS.search(stem)),
    )


def same_model(one: str, other: str) -> bool:
    """Whether two names mean one model at different precisions: ``t5xxl_fp16`` and ``t5xxl_fp8_e4m3fn``."""
    return _core(one) == _core(other)


def _first(text: str, *tables: _Table) -> str | None:
    return next((word for table in tables for pattern, word in table if pattern.search(text)), None)


def _core(name: str) -> str:
    file = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[-_. ]", "", _PRECISION.sub("", file.rpartition(".")[0] or file)).casefold()
