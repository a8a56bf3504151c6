"""Reads ``llm.yaml``: servers of language models, and which model does which stage; mistakes have a line."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator

from vibes.documents.model_problems import Location, StrictModel, document_problems
from vibes.documents.yaml_document import YamlDocument, parse_yaml
from vibes.domain.chat.config import DEFAULT_MODELS, NO_CHAT, ChatConfig, Dialect, ServerConfig, Stage, StageConfig
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.domain.ids import NodeId
from vibes.text.near_names import near_name_hint

_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_LONGEST_URL = 2000
_SECRET = frozenset({"api_key_env", "url"})
"""What stands there by mistake may be a key, so it is not shown."""
_NAME = re.compile(r"^[A-Za-z0-9._-]{1,64}$")


class _ServerEntry(StrictModel):
    kind: Annotated[Dialect, Field(strict=False)]
    url: Annotated[str, Field(min_length=1, max_length=_LONGEST_URL)]
    api_key_env: str | None = None
    shares_gpu_with: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        example = "an address like http://192.168.0.20:11434"
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError(f"url must be {example}") from None
        if parts.scheme not in {"http", "https"} or not host or not url.isascii() or not url.isprintable():
            raise ValueError(f"url must be {example}")
        if "@" in parts.netloc or parts.query or parts.fragment or " " in url:
            raise ValueError(f"url must be {example} alone; a key goes into a variable, see api_key_env")
        return url.rstrip("/")

    @field_validator("api_key_env")
    @classmethod
    def _a_variable(cls, name: str | None) -> str | None:
        if name is not None and not _VARIABLE.match(name):  # not shown: it may be the key itself
            raise ValueError("api_key_env is the name of a variable, such as OPENAI_API_KEY, and never the key itself")
        return name

    def to_config(self, name: str) -> ServerConfig:
        return ServerConfig(
            name=name,
            kind=self.kind,
            url=_for_dialect(self.url, self.kind),
            api_key_env=self.api_key_env,
            shares_gpu_with=None if self.shares_gpu_with is None else NodeId(self.shares_gpu_with),
        )


class _StageEntry(StrictModel):
    server: Annotated[str, Field(min_length=1, max_length=64)]
    model: Annotated[str, Field(min_length=1, max_length=300)] | None = None


class _StagesEntry(StrictModel):
    interpreter: _StageEntry | None = None
    engineer: _StageEntry | None = None
    vision: _StageEntry | None = None

    def given(self) -> dict[Stage, _StageEntry]:
        return {stage: entry for stage in Stage if (entry := getattr(self, stage)) is not None}


class _ChatFile(StrictModel):
    servers: dict[str, _ServerEntry] = Field(default_factory=dict)
    stages: _StagesEntry = _StagesEntry()


def parse_chat_config(text: str, file: str) -> ChatConfig:
    """Raises InvalidDocument with every mistake and its line. An empty file names no models."""
    document = parse_yaml(text, file)
    if document.value is None:
        return NO_CHAT
    if not isinstance(document.value, dict):
        raise InvalidDocument(
            [DocumentProblem(file, 1, 1, "expected a mapping with the keys 'servers:' and 'stages:'")]
        )
    try:
        read = _ChatFile.model_validate(document.value)
    except ValidationError as error:
        raise InvalidDocument(document_problems(document, error, _keys_at, secret=_SECRET)) from error
    problems = [*_bad_names(document, read), *_unknown_servers(document, read)]
    if problems:
        raise InvalidDocument(problems)
    return ChatConfig(
        servers={name: entry.to_config(name) for name, entry in read.servers.items()},
        stages={
            stage: StageConfig(server=entry.server, model=entry.model or DEFAULT_MODELS[stage])
            for stage, entry in read.stages.given().items()
        },
    )


def _for_dialect(url: str, kind: Dialect) -> str:
    """Both forms of an address are written for both kinds of servers."""
    if kind is Dialect.OLLAMA:
        return url.removesuffix("/v1").removesuffix("/api")
    return url if urlsplit(url).path.strip("/") else f"{url}/v1"


def _bad_names(document: YamlDocument, read: _ChatFile) -> Iterator[DocumentProblem]:
    for name in read.servers:
        if not _NAME.match(name):
            advice = "the name of a server has up to 64 letters, digits, '.', '_' and '-'"
            yield document.problem(("servers", name), advice)


def _unknown_servers(document: YamlDocument, read: _ChatFile) -> Iterator[DocumentProblem]:
    for stage, entry in read.stages.given().items():
        if entry.server not in read.servers:
            hint = near_name_hint(entry.server, read.servers) or f": there is {', '.join(read.servers) or 'none'}"
            yield document.problem(("stages", str(stage), "server"), f"there is no server {entry.server!r}{hint}")


def _keys_at(location: Location) -> Iterable[str]:
    match location:
        case (_,):
            return _ChatFile.model_fields
        case ("servers", *_):
            return _ServerEntry.model_fields
        case (_, _):
            return _StagesEntry.model_fields
    return _StageEntry.model_fields
