"""Log lines for people: one line an event on stderr, UTC times, no secrets, no line breaks from foreign texts."""

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
    """The format of log lines."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's own name
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Foreign texts such as a node's error may contain newlines and escape sequences: they are replaced."""
        return on_one_line(super().formatMessage(record))

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802 - logging's own name
        """Indent tracebacks, so that none of their lines looks like an event."""
        return indent(harmless(super().formatException(ei)), "    ")

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's own name
        return indent(harmless(super().formatStack(stack_info)), "    ")

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub(r"\1…", super().format(record))


def configure_logs(level: str) -> None:
    """Log to stderr from ``level`` on, without the messages that libraries write for each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "websockets", "alembic", "watchfiles", "PIL", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
