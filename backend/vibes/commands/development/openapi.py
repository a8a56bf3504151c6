"""``vibes openapi``: the description of the HTTP API, for generating clients."""

import json
from importlib.metadata import version

from vibes.api.http.authentication import Authentication
from vibes.api.http_app import create_http_app
from vibes.services.runtime.clock import SystemClock


def openapi_document() -> str:
    """The OpenAPI document that a hub of this version serves at ``/openapi.json``."""
    app = create_http_app(
        lifespan=None,
        version=version("vibes-imgen"),
        authentication=Authentication(None, SystemClock()),
        allowed_hosts=(),
        allowed_origins=(),
    )
    return json.dumps(app.openapi(), indent=2)
