"""The router that each module of routes has one of."""

from fastapi import APIRouter

from vibes.api.http.problems import PROBLEM_RESPONSES


def api_router(prefix: str = "", *, tag: str | None = None) -> APIRouter:
    """Its routes tell in the OpenAPI document what every route may answer; ``tag``: under which they stand there."""
    return APIRouter(prefix=prefix, tags=None if tag is None else [tag], responses=PROBLEM_RESPONSES)
