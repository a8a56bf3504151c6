"""A server of S3 for tests: moto's, in a thread of this process."""

import logging
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from vibes.environment.media_settings import MediaSettings

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAOFATEST", "AWS_SECRET_ACCESS_KEY": "a-secret-that-no-log-tells"}


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address. It lists five objects a page, so that a few are many pages."""
    os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "5"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def make_bucket(url: str, name: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", method="PUT"), timeout=30):  # noqa: S310 - loopback
        pass


def media_settings(**given: object) -> MediaSettings:
    return MediaSettings(**given)  # type: ignore[arg-type]  # pydantic checks them
