"""``vibes worker``: with Celery where there is a broker, and without it where there is none."""

import logging
import signal
import threading

from pydantic import ValidationError

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.domain.errors import HubError
from vibes.environment.logs import configure_logs
from vibes.environment.private_folder import keep_private
from vibes.environment.settings import Settings
from vibes.environment.worker_settings import WorkerSettings
from vibes.worker.process import WorkerProcess


def worker_settings(**given: object) -> WorkerSettings:
    """From options and the environment; exits with a clear message on a mistake."""
    try:
        return WorkerSettings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        sentences = (
            f"{'.'.join(map(str, each['loc']))}: {_words(each['msg'])}" if each["loc"] else _words(each["msg"])
            for each in error.errors(include_url=False, include_input=False)
        )
        fail("\n".join(sentences), code=USAGE_ERROR)


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")


def run_worker(settings: Settings, own: WorkerSettings) -> None:
    """Until SIGINT or SIGTERM. Prints ``ready NAME`` on stdout once it has begun."""
    configure_logs(settings.log_level)
    keep_private()
    try:
        if settings.broker_url is None:
            _without_celery(settings, own)
        else:
            _with_celery(settings, own)
    except HubError as error:
        fail(error.message)


def _without_celery(settings: Settings, own: WorkerSettings) -> None:
    process = WorkerProcess(settings, own, lambda: _ready(own))
    over = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: over.set())
    process.start()
    over.wait()
    process.drain()
    process.wait()
    if process.failure is not None:
        raise process.failure


def _with_celery(settings: Settings, own: WorkerSettings) -> None:
    try:
        from vibes.worker.celery_worker import worker_app
    except ModuleNotFoundError as error:
        fail(f"a broker needs Celery ({error.name} is missing): pip install 'vibes-imgen[workers]'")
    logging.getLogger("celery").setLevel(logging.WARNING)  # each ticket is two lines
    app = worker_app(settings, own, lambda: _ready(own))
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    app.worker_main(["--quiet", "worker", "--hostname", f"{own.own_name}@%h", *quiet])


def _ready(own: WorkerSettings) -> None:
    print(f"ready {own.own_name}", flush=True)  # noqa: T201 - the line that scripts wait for
