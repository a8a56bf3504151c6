"""The language models in force: loads ``llm.yaml`` where there is one, and follows its changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from vibes.documents.text_document import NotText, text_of
from vibes.domain.chat.config import NO_CHAT, ChatConfig
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.services.chat.config_file import parse_chat_config
from vibes.services.runtime.edited_file import read_edited
from vibes.services.runtime.file_watch import possible_changes

logger = logging.getLogger(__name__)


class ChatConfigFile:
    """A missing file means that there are no models. A wrong one never keeps the hub from anything: it is told in
    ``problems``, and the last good version stays."""

    def __init__(self, path: Path, apply: Callable[[ChatConfig], Awaitable[None]]) -> None:
        self.path = path
        self._apply = apply
        self._seen: bytes | OSError | None = None
        self.problems: tuple[DocumentProblem, ...] = ()

    async def load(self) -> None:
        await self._take_in(await asyncio.to_thread(_content, self.path))

    async def follow(self) -> None:
        """Apply each good version, until cancelled."""
        async for _ in possible_changes(self.path):
            content = await asyncio.to_thread(_content, self.path)
            if not _same(content, self._seen):
                await self._take_in(content)

    async def _take_in(self, content: bytes | OSError | None) -> None:
        try:
            config = _parsed(content, self.path)
        except InvalidDocument as error:
            self.problems = error.problems
            logger.error("%s is not applied, the last good version stays:\n%s", self.path.name, error)
        else:
            self.problems = ()
            await self._apply(config)
            if content is not None or self._seen is not None:
                logger.info("%s applied: %d stages have a model", self.path.name, len(config.stages))
        self._seen = content  # afterwards, so that a version that fails is tried again


def _content(path: Path) -> bytes | OSError | None:
    """None where there is no file."""
    try:
        return read_edited(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error


def _same(one: bytes | OSError | None, other: bytes | OSError | None) -> bool:
    """An error is the same one when it says the same."""
    return repr(one) == repr(other) if isinstance(one, OSError) else one == other


def _parsed(content: bytes | OSError | None, path: Path) -> ChatConfig:
    if content is None:
        return NO_CHAT
    if isinstance(content, OSError):
        raise InvalidDocument([DocumentProblem(str(path), 0, 0, f"cannot be read: {content.strerror or content}")])
    try:
        return parse_chat_config(text_of(content), path.name)
    except NotText as error:
        raise error.in_file(path.name) from error
