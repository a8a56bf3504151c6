"""The doctor's checks of settings, files and this machine, with a running hub and without one."""

import asyncio
import os
import platform
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from vibes.app.chat import connecting
from vibes.app.doctor.certificate_check import own_certificate
from vibes.app.doctor.media_check import media
from vibes.app.doctor.sharing import broker
from vibes.documents.text_document import NotText, text_of
from vibes.domain.doctor.finding import Area, Finding, ok, warn, wrong
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.environment.home_folder import at_home
from vibes.environment.machine.disks import disk_of
from vibes.environment.machine.listeners import Listener, listener_on, may_not_listen
from vibes.environment.machine.memory import memory
from vibes.environment.machine.networks import in_container
from vibes.environment.settings import MIN_KEY_LENGTH, Settings
from vibes.environment.shipped import built_studio
from vibes.environment.starts import read_starts, starts_file
from vibes.media_stores.places import ARTIFACTS, IMAGES
from vibes.ports.checks import Check
from vibes.ports.clock import Clock
from vibes.services.chat.config_file import parse_chat_config
from vibes.services.doctor.asking_models import look_at_models
from vibes.services.doctor.database import judge_database
from vibes.services.doctor.documents import judge_document
from vibes.services.doctor.keys import KeyFacts, judge_keys
from vibes.services.doctor.language_models import judge_models
from vibes.services.doctor.machine import Place, judge_disks, judge_memory, judge_port
from vibes.services.runtime.edited_file import read_edited
from vibes.storage.examining.examine import examine_database
from vibes.text.networks import is_loopback

_OTHERS_READ = stat.S_IROTH
_LLM_SECONDS = 8.0


def checks_of_files(settings: Settings, clock: Clock, own_pid: int | None) -> list[Check]:
    """``own_pid``: of the running hub that looks; None without one."""
    return [
        Check(area=Area.HUB, name="the hub's version", look=_in_thread(lambda: [_version()])),
        Check(area=Area.HUB, name="earlier starts", look=_in_thread(lambda: _starts(settings))),
        Check(area=Area.DISK, name="the disk", look=_in_thread(lambda: _disks(settings))),
        Check(area=Area.DATABASE, name="the database", look=lambda: _database(settings, clock, own_pid)),
        Check(area=Area.MEDIA, name="the store of the pictures", look=lambda: media(settings, clock)),
        Check(area=Area.REPLICAS, name="Redis", look=lambda: broker(settings)),
        Check(area=Area.PORTS, name="the port", look=_in_thread(lambda: _port(settings, own_pid))),
        Check(area=Area.KEYS, name="the keys", look=_in_thread(lambda: judge_keys(_keys(settings)))),
        Check(area=Area.KEYS, name="the certificate", look=_in_thread(lambda: own_certificate(settings, clock))),
        Check(area=Area.LLM, name="the language models", look=lambda: _models(settings), seconds=_LLM_SECONDS),
        Check(area=Area.STUDIO, name="the studio", look=_in_thread(lambda: [_studio()])),
        Check(area=Area.MEMORY, name="the memory", look=_in_thread(lambda: judge_memory(memory()))),
    ]


def _in_thread(judged: Callable[[], Iterable[Finding]]) -> "Callable[[], asyncio.Future[list[Finding]]]":
    """A dead network mount blocks whoever looks at it, which must not be the event loop."""
    return lambda: asyncio.ensure_future(asyncio.to_thread(lambda: list(judged())))


def _version() -> Finding:
    return ok(Area.HUB, "hub_version", f"Vibes ImGen {version('vibes-imgen')} on Python {platform.python_version()}.")


def _starts(settings: Settings) -> Iterable[Finding]:
    ended = [each for each in read_starts(starts_file(settings.data)) if each.reason is not None]
    if ended:
        times = "once" if len(ended) == 1 else f"{len(ended)} times"
        message = f"the hub ended right after its start, {times}; the last time: {ended[-1].reason}"
        yield wrong(Area.HUB, "hub_ended_early", message)


def _disks(settings: Settings) -> Iterable[Finding]:
    is_file = settings.storage_url.startswith("sqlite")
    places = [Place("the data", disk_of(settings.data), holds_database=is_file)]
    own = [("pictures", settings.data / IMAGES), ("uploads", settings.data / ARTIFACTS)]
    if settings.media is not None and "://" not in settings.media:
        own = [("pictures", at_home(Path(settings.media)))]
    places += [Place(what, disk_of(folder)) for what, folder in own if folder.exists()]
    return judge_disks(places)


async def _database(settings: Settings, clock: Clock, own_pid: int | None) -> Iterable[Finding]:
    return judge_database(await examine_database(settings.storage_url, clock), own_pid=own_pid)


def _port(settings: Settings, own_pid: int | None) -> Iterable[Finding]:
    if own_pid is not None:  # a hub that looks has its port, whoever can see that
        return judge_port(settings.port, listener_on(settings.port) or Listener(own_pid, ""), [own_pid])
    return judge_port(
        settings.port, listener_on(settings.port), [], refusal=may_not_listen(settings.host, settings.port)
    )


def _keys(settings: Settings) -> KeyFacts:
    key = settings.api_key
    files = [*settings.env_files, settings.llm_file.parent / ".env"]
    files += [settings.api_key_file] if settings.api_key_file else []
    return KeyFacts(
        host=settings.host,
        loopback=is_loopback(settings.host),
        key_length=None if key is None else len(key.get_secret_value()),
        least_length=MIN_KEY_LENGTH,
        open_on_purpose=settings.insecure_no_auth,
        readable_by_others=[each for each in dict.fromkeys(files) if _readable_by_others(each)],
        in_container=in_container(),
    )


def _readable_by_others(file: Path) -> bool:
    if os.name == "nt":  # whose permissions say something else
        return False
    with suppress(OSError):
        return bool(file.stat().st_mode & _OTHERS_READ)
    return False


async def _models(settings: Settings) -> Sequence[Finding]:
    file = settings.llm_file
    if not file.exists():
        return list(judge_models(()))
    try:
        config = parse_chat_config(await asyncio.to_thread(text_in, file), file.name)
    except InvalidDocument as error:
        return list(judge_document(Area.LLM, "llm", error.problems, well=""))
    return list(judge_models(await look_at_models(config, connecting(settings))))


def text_in(file: Path) -> str:
    """Raises InvalidDocument for whatever is no readable text."""
    try:
        return text_of(read_edited(file))
    except NotText as error:
        raise error.in_file(file.name) from error
    except OSError as error:
        problem = DocumentProblem(str(file), 0, 0, f"cannot be read: {error.strerror or error}")
        raise InvalidDocument([problem]) from error


def _studio() -> Finding:
    if built_studio() is not None:
        return ok(Area.STUDIO, "studio_built", "the studio is built.")
    message = (
        "the studio is not built, `/` shows a plain table: `make setup`, which needs Node.js, and restart the hub."
    )
    return warn(Area.STUDIO, "studio_not_built", message)
