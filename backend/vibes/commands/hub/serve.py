"""``vibes serve``: the hub over the fleet of ``gpus.yaml``."""

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.commands.hub.https import own_certificate
from vibes.commands.hub.listening import bind, url_of
from vibes.commands.hub.serving import AnnouncedServer, connection_limits, server_config
from vibes.documents.text_document import NotText, text_of
from vibes.domain.errors import HubError
from vibes.environment.logs import configure_logs
from vibes.environment.private_folder import keep_private, unusable
from vibes.environment.settings import MIN_KEY_LENGTH, Settings
from vibes.environment.shipped import shipped_folder
from vibes.generators.errors import Misconfigured
from vibes.nodes.kinds import node_kinds
from vibes.ports.kinds import HubTraits
from vibes.server.connections import Connections
from vibes.server.prefix import below
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet
from vibes.services.runtime.edited_file import read_edited
from vibes.services.runtime.loop import running_loops
from vibes.text.networks import is_loopback

if TYPE_CHECKING:
    from vibes.app.hub import Hub


def run_serve(settings: Settings, *, strategy: str | None = None, generator_config: Path | None = None) -> None:
    """Run ``vibes serve``: checks everything that can be wrong before it opens anything.

    ``strategy``, ``generator_config``: a fleet of this generator alone, instead of the fleet file.
    """
    check_exposure(settings)
    _check_broker(settings)
    if strategy is not None or generator_config is not None:
        settings = _of_one_generator(settings, strategy, generator_config)
    else:
        _check_fleet_file(settings)
    run_hub(settings, bind(settings.host, settings.port))


def run_hub(settings: Settings, listener: socket.socket, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Prints ``ready http://HOST:PORT``, or ``https``, on stdout when it answers."""
    configure_logs(settings.log_level)
    keep_private()
    # uvicorn shuts down and then raises the signal again; a proper shutdown has status 0
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:  # uvloop where it is installed
            runner.run(_serve(settings, listener, on_ready))
    except HubError as error:
        advice = " With vibes that is --data DIR." if error.code == "database_in_use" else ""
        fail(error.message + advice)
    except OSError as error:
        fail(unusable(settings.data, error))
    except KeyboardInterrupt:
        return


async def _serve(settings: Settings, listener: socket.socket, on_ready: Callable[[str], None] | None) -> None:
    certificate = own_certificate(settings)
    # Imported only here, since the hub's libraries take seconds to load: wrong options are reported before.
    if settings.shares_database:
        from vibes.commands.hub.serve_replica import serve_replica

        await serve_replica(settings, listener, certificate, on_ready)
        return
    from vibes.app.hub import running_hub
    from vibes.app.web import create_app

    connections = Connections(connection_limits(settings))
    async with running_hub(settings) as hub, running_loops() as loops:
        app = below(settings.root_path, create_app(settings, hub))
        config = server_config(app, connections, settings, certificate)
        loops.start("connections", connections.follow)
        if certificate is not None:
            loops.start("certificate", certificate.follow)
        url = url_of(listener, secure=certificate is not None)
        await _HubServer(config, hub, url, on_ready).serve(sockets=[listener])


class _HubServer(AnnouncedServer):
    """At the first signal the hub starts nothing new, even while requests are open."""

    def __init__(self, config: uvicorn.Config, hub: "Hub", url: str, on_ready: Callable[[str], None] | None) -> None:
        super().__init__(config, url, on_ready)
        self._hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._hub.stop_claiming()
        super().handle_exit(sig, frame)


def check_exposure(settings: Settings) -> None:
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if key is not None and len(key) < MIN_KEY_LENGTH:
        fail(f"VIBES_API_KEY must have at least {MIN_KEY_LENGTH} characters", code=USAGE_ERROR)
    if key is None and not settings.insecure_no_auth and not is_loopback(settings.host):
        fail(
            f"listening on {settings.host} lets everybody in the network use the hub. Set VIBES_API_KEY to a secret of "
            f"at least {MIN_KEY_LENGTH} characters, or say --insecure-no-auth if that is what you want.",
            code=USAGE_ERROR,
        )


def _check_broker(settings: Settings) -> None:
    if settings.broker_url is not None and not settings.shares_database:
        fail(
            "VIBES_BROKER_URL is for several processes on one database, and a SQLite file is one hub's own. Name a "
            "PostgreSQL database in VIBES_DATABASE_URL, or leave the broker out.",
            code=USAGE_ERROR,
        )


def _of_one_generator(settings: Settings, strategy: str | None, config: Path | None) -> Settings:
    from vibes.commands.hub.single_generator import with_single_generator

    try:
        return with_single_generator(settings, strategy, config)
    except Misconfigured as error:
        fail(str(error), code=USAGE_ERROR)
    except OSError as error:
        fail(unusable(settings.data, error))


def _check_fleet_file(settings: Settings) -> None:
    """Check gpus.yaml before anything is opened, so that a typing mistake is reported within a second."""
    path, kinds = settings.config, node_kinds(HubTraits(env_files=settings.env_files))
    try:
        parse_fleet(text_of(read_edited(path)), str(path), TlsFiles(path.parent), kinds)
    except FileNotFoundError:
        example = shipped_folder("config") / "gpus.yaml"
        fail(
            f"there is no fleet file {path}. Copy the example {example} there and put in your machines, name another "
            "with --config, or try `vibes demo`, which needs none.",
            code=USAGE_ERROR,
        )
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror or error}", code=USAGE_ERROR)
    except NotText as error:
        fail(error.in_file(str(path)).message, code=USAGE_ERROR)
    except HubError as error:
        fail(error.message, code=USAGE_ERROR)
