"""What the fake language model has and says: its models, and a script of one turn for each chat request."""

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How one chat request fares. The default: a text that fits the schema that was asked for."""

    text: str | None = None
    """None: fits the schema; ``pong`` where none was asked for."""
    thought: str = ""
    """Said in the field for it before the text."""
    finish: str = "stop"
    status: int = 200
    error: str = ""
    """Told with the status; of status 200, as a line of the stream after half of the text."""
    plain_error: bool = False
    """The error is no JSON."""
    retry: bool = False
    """The error is of the form that was asked for, whichever that is."""
    no_end: bool = False
    """The stream ends before it says that it is done."""
    hangs: bool = False
    """Nothing comes until `Brain.go_on`, or until nobody listens any more."""
    refusal: str = ""
    """In the field for it, of the OpenAI-compatible dialect."""
    leads_to: str = ""
    """A redirect."""
    whole: bool = False
    """Not streamed, whatever was asked for."""
    cut: bool = False
    """The line dies after half of the text."""
    cut_when_told: bool = False
    """A line that dies waits with it for `Brain.go_on`."""
    stalls: bool = False
    """Nothing comes after the first piece until nobody listens any more."""
    endless: bool = False
    """Goes on for ever after the text, with its last character."""


def fenced(text: str) -> Turn:
    return Turn(text=f"Sure! Here it is:\n```json\n{text}\n```\nAnything else?")


@dataclass(slots=True, kw_only=True)
class Model:
    digest: str = "sha256:0123456789abcdef"
    capabilities: tuple[str, ...] = ("completion",)
    context: int = 131_072


def usual_models() -> dict[str, Model]:
    return {
        "hermes3:8b": Model(digest="sha256:herm"),
        "phi4:14b": Model(digest="sha256:phi4", context=16_384),
        "minicpm-v:latest": Model(digest="sha256:mini", capabilities=("completion", "vision")),
        "thinker:4b": Model(digest="sha256:thnk", capabilities=("completion", "thinking")),
    }


@dataclass(frozen=True, slots=True)
class Request:
    """One that arrived."""

    path: str
    body: Mapping[str, Any]
    key: str
    """The Authorization header."""


@dataclass(slots=True, kw_only=True)
class Brain:
    models: dict[str, Model] = field(default_factory=usual_models)
    script: deque[Turn] = field(default_factory=deque)
    usual: Turn = field(default_factory=Turn)
    """Once the script is at its end."""
    requests: list[Request] = field(default_factory=list)
    key: str = ""
    """Asked for where it is given."""
    tells_capabilities: bool = True
    """In the list of models; older servers tell them of one model alone."""
    knows_truncate: bool = True
    """Else it drops the oldest messages in silence, as older servers do."""
    forms: frozenset[str] = frozenset({"json_schema", "json_object"})
    """What ``response_format`` may be."""
    refuses: frozenset[str] = frozenset()
    """Fields of ``/v1`` that it does not take."""
    most_pieces: int = 10_000
    running: int = 0
    most_running: int = 0
    abandoned: int = 0
    """Requests whose asker went away before the end."""
    read: list[str] = field(default_factory=list)
    """The texts that the last request's model got to read, after messages were dropped."""
    loaded: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    """Unloaded, and for a while still in the memory."""
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def plays(self, *turns: Turn) -> None:
        self.script.extend(turns)

    def next_turn(self) -> Turn:
        return self.script.popleft() if self.script else self.usual

    def found(self, name: str) -> str | None:
        """The full name of a model that is there."""
        full = name if ":" in name else f"{name}:latest"
        return full if full in self.models else None

    def chats(self) -> list[Request]:
        return [each for each in self.requests if each.path.endswith(("/chat", "/chat/completions"))]


def tokens_in(text: str) -> int:
    """About as many as a tokenizer makes of English."""
    return max(len(text) // 4, 1) if text else 0


def pieces_of(text: str, size: int = 7) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def valid_for(schema: Any) -> str:
    """The smallest JSON that fits a schema."""
    return json.dumps(_value(schema))


def _value(schema: Any) -> Any:
    match schema.get("type") if isinstance(schema, dict) else None:
        case "object":
            return {name: _value(each) for name, each in schema.get("properties", {}).items()}
        case "array":
            return []
        case "integer" | "number":
            return 0
        case "boolean":
            return False
        case _:
            return (schema.get("enum") or [""])[0] if isinstance(schema, dict) else ""
