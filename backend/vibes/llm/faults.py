"""What an error of a language model server means, and the sentence that says what helps."""

import json
import re
from http import HTTPStatus as Status
from typing import Any

from vibes.domain.chat.config import Dialect, ServerConfig
from vibes.generators.hosted.http import Reply, parsed
from vibes.ports.chat import ChatFault, ChatUnavailable

_LONGEST_TEXT = 300
_MISSING = re.compile(
    r"model .{0,300}not found|try pulling it|model_not_found|no such model|does not exist", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"context (length|size|window)|exceeds the (available|maximum)|prompt is (too )?long", re.IGNORECASE
)
_NO_VISION = re.compile(r"image input|image_url|vision|multimodal|mmproj|support.{0,40}image", re.IGNORECASE)
_FORM = re.compile(r"response_format|json_schema|json_object|schema|grammar|format", re.IGNORECASE)
_FULL = re.compile(r"requires more (system )?memory|out of memory|cudaMalloc", re.IGNORECASE)


class Rejected(Exception):
    """An answer that may be another one if it is asked for in another form, or once more."""

    def __init__(self, config: ServerConfig, status: int, text: str) -> None:
        super().__init__(text)
        self.config = config
        self.status = status
        self.text = text

    @property
    def about_the_form(self) -> bool:
        """Whether it does not know the way in which the answer's schema is given."""
        return _FORM.search(self.text) is not None

    @property
    def own_fault(self) -> bool:
        """Of the server, so that the same may work a moment later."""
        return self.status >= Status.INTERNAL_SERVER_ERROR

    def told(self) -> ChatUnavailable:
        name = self.config.name
        if _FULL.search(self.text):
            return ChatUnavailable(
                ChatFault.BROKEN, f"{name} has too little memory for this model ({self.text}): choose a smaller one"
            )
        what = "failed" if self.own_fault else f"does not take the request ({self.status})"
        return ChatUnavailable(ChatFault.BROKEN, f"{name} {what}: {self.text}; its log says more")


def failure_of(config: ServerConfig, reply: Reply) -> ChatUnavailable | Rejected:
    """Of an answer with another status than a good one."""
    status, text = reply.status, text_of(reply)
    if reply.redirects:
        target = reply.headers.get("location", "elsewhere")[:_LONGEST_TEXT]
        return _unavailable(ChatFault.NO_SERVER, f"{config.url} leads on to {target}: write that address into llm.yaml")
    if status in {Status.UNAUTHORIZED, Status.FORBIDDEN}:
        return _unavailable(ChatFault.WRONG_KEY, _about_the_key(config))
    if status in {Status.TOO_MANY_REQUESTS, Status.SERVICE_UNAVAILABLE}:
        return _unavailable(ChatFault.BUSY, f"{config.name} is busy: {text}")
    return of_text(config, status, text)


def unavailable_of(config: ServerConfig, reply: Reply) -> ChatUnavailable:
    """The same, where nothing else can be tried."""
    failure = failure_of(config, reply)
    return failure.told() if isinstance(failure, Rejected) else failure


def of_text(config: ServerConfig, status: int, text: str) -> ChatUnavailable | Rejected:
    """Of what a server says was wrong; a line of a stream that began well counts as status 500."""
    if _TOO_LONG.search(text):
        return too_long(config)
    if status == Status.NOT_FOUND and not _MISSING.search(text):
        return not_a_server(config)
    return Rejected(config, status, text)


def missing_model(config: ServerConfig, model: str, had: str = "") -> ChatUnavailable:
    """``had``: what the server has instead, as the end of the sentence."""
    return _unavailable(ChatFault.NO_MODEL, f"{config.name} does not have {model}: {how_to_have(config, model)}{had}")


def how_to_have(config: ServerConfig, model: str) -> str:
    return f"run `ollama pull {model}` there" if config.kind is Dialect.OLLAMA else "load it there, or name another one"


def says_missing(rejected: Rejected) -> bool:
    """Whether it is the model that is not there."""
    return not rejected.own_fault and _MISSING.search(rejected.text) is not None


def says_blind(rejected: Rejected) -> bool:
    """Of a request with pictures: whether the model takes none."""
    return _NO_VISION.search(rejected.text) is not None


def blind(config: ServerConfig, model: str) -> ChatUnavailable:
    pull = " (`ollama pull minicpm-v`)" if config.kind is Dialect.OLLAMA else ""
    return _unavailable(
        ChatFault.NO_VISION, f"{model} on {config.name} sees no pictures: name one that does{pull} in llm.yaml"
    )


def not_a_server(config: ServerConfig) -> ChatUnavailable:
    other = Dialect.OPENAI if config.kind is Dialect.OLLAMA else Dialect.OLLAMA
    return _unavailable(
        ChatFault.NO_SERVER,
        f"what answers at {config.url} is no server of kind {config.kind}: mend its url in llm.yaml, or is it kind: "
        f"{other}?",
    )


def too_slow(config: ServerConfig, seconds: float) -> ChatUnavailable:
    return _unavailable(
        ChatFault.TOO_SLOW, f"{config.name} did not finish within {seconds:.3g} s: choose a smaller model"
    )


def too_long(config: ServerConfig) -> ChatUnavailable:
    return _unavailable(ChatFault.TOO_LONG, f"the messages are longer than what the model on {config.name} can read")


def cut(config: ServerConfig, how: str) -> ChatUnavailable:
    return _unavailable(ChatFault.CUT, f"{config.name} {how}; try again, or choose another model")


def refused(config: ServerConfig, text: str) -> ChatUnavailable:
    return _unavailable(ChatFault.REFUSED, f"the model on {config.name} does not want to answer: {text}")


def text_of(reply: Reply) -> str:
    """What an error says, in whichever of the usual forms."""
    return words_of(parsed(reply.body)) or reply.beginning


def words_of(value: Any) -> str:
    """Of ``{"error": "text"}``, ``{"error": {"message": "text"}}``, ``{"message": …}`` or ``{"detail": …}``; else
    nothing."""
    if not isinstance(value, dict):
        return ""
    error = value.get("error", value.get("message", value.get("detail")))
    if isinstance(error, dict):
        error = error.get("message", error)
    text = error if isinstance(error, str) else "" if error is None else json.dumps(error)
    return " ".join(text.split())[:_LONGEST_TEXT]


def _about_the_key(config: ServerConfig) -> str:
    if config.api_key_env:
        return f"{config.name} refuses the key in {config.api_key_env}: put the right one there"
    return f"{config.name} wants a key: put it into a variable, and name that with api_key_env in llm.yaml"


def _unavailable(code: ChatFault, advice: str) -> ChatUnavailable:
    return ChatUnavailable(code, advice)
