"""``/``: the browser studio, as it was built from ``frontend/``; without a build, the plain page of `home`."""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from vibes.api.routes import home

_REVALIDATE = "no-cache"
_IMMUTABLE = "public, max-age=31536000, immutable"
"""The build puts a hash of its content into every file name below ``/assets``."""


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            response.headers["Cache-Control"] = _IMMUTABLE
        return response


def install_studio(app: FastAPI, folder: Path | None) -> None:
    """``folder``: with ``index.html`` and ``assets/``; None when the studio was not built."""
    if folder is None:
        app.include_router(home.router)
        return
    index, icon = folder / "index.html", folder / "favicon.svg"

    @app.get("/", include_in_schema=False)
    async def studio() -> FileResponse:
        return FileResponse(index, headers={"Cache-Control": _REVALIDATE})

    @app.get("/favicon.svg", include_in_schema=False)
    async def favicon() -> FileResponse:
        return FileResponse(icon, headers={"Cache-Control": _REVALIDATE})

    app.mount("/assets", _Assets(directory=folder / "assets"))
