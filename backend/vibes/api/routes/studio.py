"""``/`` and ``/docs``, as built from ``frontend/``; plain pages without a build."""

from html import escape
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from vibes.api.routes import home

_REVALIDATE = "no-cache"
_IMMUTABLE = "public, max-age=31536000, immutable"
"""For files below ``/assets``, whose names contain a hash of their content."""


class _Assets(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            response.headers["Cache-Control"] = _IMMUTABLE
        return response


def install_studio(app: FastAPI, folder: Path | None) -> None:
    """``folder``: has ``index.html`` and ``assets/``; None when the studio was not built."""
    if folder is None:
        app.include_router(home.router)
        app.add_api_route("/docs", lambda: HTMLResponse(_listing(app)), include_in_schema=False)
        return
    index, docs, icon = (folder / name for name in ("index.html", "docs.html", "favicon.svg"))

    @app.get("/", include_in_schema=False)
    async def studio() -> FileResponse:
        return FileResponse(index, headers={"Cache-Control": _REVALIDATE})

    @app.get("/docs", include_in_schema=False)
    async def api_docs() -> FileResponse:
        return FileResponse(docs, headers={"Cache-Control": _REVALIDATE})

    @app.get("/favicon.svg", include_in_schema=False)
    async def favicon() -> FileResponse:
        return FileResponse(icon, headers={"Cache-Control": _REVALIDATE})

    app.mount("/assets", _Assets(directory=folder / "assets"))


def _listing(app: FastAPI) -> str:
    """Every route in a line; the page with forms belongs to the studio."""
    lines = "".join(
        f"<li><code>{method.upper()} {escape(path)}</code> {escape(about.get('summary', ''))}</li>"
        for path, methods in app.openapi()["paths"].items()
        for method, about in methods.items()
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Vibes ImGen API</title><h1>API</h1>"
        f'<p>In full: <a href="openapi.json">openapi.json</a>. A form for each route comes with the studio, which was '
        f"not built: <code>make setup</code>.</p><ul>{lines}</ul>"
    )
