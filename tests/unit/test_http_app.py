"""The HTTP application costs nothing anew: its routes and their validators exist once in a process."""

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from vibes.api.http.authentication import Authentication
from vibes.api.http_app import create_http_app
from vibes.services.runtime.clock import SystemClock


async def test_a_further_application_compiles_no_validator_not_even_at_its_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = 0
    compile_one = TypeAdapter.__init__

    def counted(*arguments: object, **named: object) -> None:
        nonlocal compiled
        compiled += 1
        compile_one(*arguments, **named)  # type: ignore[arg-type]  # whatever it is asked for

    monkeypatch.setattr(TypeAdapter, "__init__", counted)
    app = create_http_app(
        lifespan=None,
        version="test",
        authentication=Authentication(None, SystemClock()),
        allowed_hosts=["localhost"],
        allowed_origins=[],
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        unknown = await client.get("/api/nothing-of-this-name")
    assert unknown.status_code == 404
    assert compiled == 0
    assert sum(isinstance(each, APIRoute) for each in app.routes) > 100
