"""What servers answer, whole or as a stream of events, read with suspicion: anything unexpected is None."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vibes.generators.openai.config import TokenPrices

_MILLION = 1_000_000
_MOST_TOKENS = 1_000 * _MILLION
"""Of one picture: more is no count."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the picture is: in the answer, or at an address."""

    b64: str | None = field(default=None, repr=False)
    url: str | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)
    """Tokens, by OpenAI's names."""
    revised_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Partial:
    b64: str = field(repr=False)
    index: int


@dataclass(frozen=True, slots=True)
class Broken:
    """An error in the midst of a stream, as the API's errors are."""

    value: Any


def picture_in(value: Any) -> Picture | None:
    """Of an answer as a whole: the first one."""
    data = value.get("data") if isinstance(value, Mapping) else None
    first = data[0] if isinstance(data, list) and data else None
    return _picture(first, value.get("usage")) if isinstance(first, Mapping) else None


def event(name: str, value: Any) -> Picture | Partial | Broken | None:
    """Of a stream; ``name``: what it is called there, if it does not say so itself."""
    if not isinstance(value, Mapping):
        return None
    kind = _text(value, "type") or name
    if kind == "error" or "error" in value:
        return Broken(value)
    encoded, index = value.get("b64_json"), value.get("partial_image_index")
    if kind.endswith(".partial_image"):
        return Partial(encoded, index if isinstance(index, int) else 0) if isinstance(encoded, str) else None
    return _picture(value, value.get("usage")) if kind.endswith(".completed") else None


def _picture(told: Mapping[str, Any], usage: Any) -> Picture | None:
    encoded, url, revised = _text(told, "b64_json"), _text(told, "url"), _text(told, "revised_prompt")
    if encoded is None and url is None:
        return None
    return Picture(encoded, url, usage if isinstance(usage, Mapping) else {}, revised)


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value else None


def cost_of(usage: Mapping[str, Any], prices: TokenPrices | None) -> float | None:
    """US dollars, where tokens and their prices are known."""
    output = _tokens(usage, "output_tokens")
    if prices is None or output is None:
        return None
    details = usage.get("input_tokens_details")
    split: Mapping[str, Any] = details if isinstance(details, Mapping) else {"text_tokens": usage.get("input_tokens")}
    text, image = (_tokens(split, each) or 0 for each in ("text_tokens", "image_tokens"))
    total = text * prices.text_input + image * prices.image_input + output * prices.output
    return round(total / _MILLION, 6)


def _tokens(told: Mapping[str, Any], name: str) -> int | None:
    count = told.get(name)
    return count if isinstance(count, int) and 0 <= count <= _MOST_TOKENS else None


class EventStream:
    """Server-sent events out of pieces of bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

    def __init__(self) -> None:
        self._rest = b""
        self._event = ""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[tuple[str, bytes]]:
        """Name and data of every event that is complete by this piece."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            yield from self._take(line.removesuffix(b"\r"))

    def _take(self, line: bytes) -> Iterator[tuple[str, bytes]]:
        name, _, value = line.partition(b":")
        match name:
            case b"" if not line and self._data:
                yield self._event, b"\n".join(self._data)
                self._event, self._data = "", []
            case b"event":
                self._event = value.removeprefix(b" ").decode("utf-8", "replace")
            case b"data":
                self._data.append(value.removeprefix(b" "))
            case _:
                """A comment, or a field that says nothing of the picture."""
