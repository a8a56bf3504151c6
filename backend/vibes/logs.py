"""Log lines for people: one line an event on stderr, times in UTC, no secret in them."""

import logging
import re
import sys
import time

_SECRETS = re.compile(r"(?i)(ticket=|api[_-]?key[=:]\s*|authorization[=:]\s*(?:bearer\s+)?)[^\s&\"']+")


class _Redacting(logging.Formatter):
    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub(r"\1…", super().format(record))


def configure_logs(level: str) -> None:
    """Send everything at ``level`` and above to stderr; quiet the libraries that talk about each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(asctime)sZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "websockets", "alembic", "aiosqlite", "watchfiles", "PIL", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
