"""Log lines for people: one line an event on stderr, times in UTC, no secret in them, and none that others wrote."""

import logging
import re
import sys
from datetime import UTC, datetime
from textwrap import indent
from types import TracebackType

from vibes.text.plain_text import harmless, on_one_line

_SECRETS = re.compile(r"(?i)(ticket=|api[_-]?key[=:]\s*|authorization[=:]\s*(?:bearer\s+)?)[^\s&\"']+")


_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogLines(logging.Formatter):
    """What `configure_logs` writes each event with."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's own name
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """A node's error or a name may hold newlines and escape sequences: no line begins within it."""
        return on_one_line(super().formatMessage(record))

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802 - logging's own name
        """Indented, so that none of its lines looks like an event."""
        return indent(harmless(super().formatException(ei)), "    ")

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's own name
        return indent(harmless(super().formatStack(stack_info)), "    ")

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub(r"\1…", super().format(record))


def configure_logs(level: str) -> None:
    """Send everything at ``level`` and above to stderr; quiet the libraries that talk about each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "websockets", "alembic", "watchfiles", "PIL", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
