"""Log lines for people: one line an event on stderr, times in UTC, no secret in them."""

import logging
import re
import sys
from datetime import UTC, datetime

_SECRETS = re.compile(r"(?i)(ticket=|api[_-]?key[=:]\s*|authorization[=:]\s*(?:bearer\s+)?)[^\s&\"']+")


class _Redacting(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's own name
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub(r"\1…", super().format(record))


def configure_logs(level: str) -> None:
    """Send everything at ``level`` and above to stderr; quiet the libraries that talk about each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "websockets", "alembic", "watchfiles", "PIL", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
