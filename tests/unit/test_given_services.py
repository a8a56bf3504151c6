"""What a route asks for is what the lifespan hands over, and asking for it sends nothing to a thread."""

from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from fastapi import FastAPI
from fastapi.params import Depends
from httpx import ASGITransport, AsyncClient
from starlette.types import Receive, Scope, Send

from vibes.api.http import given

ASKED = {name: alias for name, alias in vars(given).items() if get_origin(alias) is Annotated}


def asked(alias: Any) -> tuple[Any, str]:
    """The type that a route declares, and the name under which the state holds it."""
    declared, depends = get_args(alias)
    assert isinstance(depends, Depends)
    assert isinstance(depends.dependency, given.Given)
    return declared, depends.dependency.name


@pytest.mark.parametrize("alias", ASKED.values(), ids=list(ASKED))
def test_a_service_is_what_its_name_says(alias: Any) -> None:
    declared, name = asked(alias)
    assert get_type_hints(given.LifespanState)[name] == declared


def test_every_service_that_is_handed_over_can_be_asked_for_once() -> None:
    assert sorted(asked(alias)[1] for alias in ASKED.values()) == sorted(get_type_hints(given.LifespanState))


async def test_asking_sends_nothing_to_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(function: Any, *_: Any, **__: Any) -> None:
        raise AssertionError(f"{function} is no coroutine")

    monkeypatch.setattr("fastapi.dependencies.utils.run_in_threadpool", refuse)
    monkeypatch.setattr("fastapi.routing.run_in_threadpool", refuse)
    state = {asked(alias)[1]: name for name, alias in ASKED.items()}
    app = FastAPI()

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": state}, receive, send)

    async with AsyncClient(transport=ASGITransport(with_state), base_url="http://localhost") as http:
        for name, alias in ASKED.items():
            app.add_api_route(f"/{name}", answering(get_args(alias)[1]))
            assert (await http.get(f"/{name}")).json() == name


def answering(dependency: Any) -> Any:
    async def route(service: Any = dependency) -> Any:
        return service

    return route
