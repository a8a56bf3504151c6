"""Routes that describe the node: classes, models, features and memory."""

import json
import sys
from typing import Any

from aiohttp import web

from vibes.simulator.http.control import control_of, station_of
from vibes.simulator.setup.dialect import Dialect
from vibes.simulator.setup.file_headers import header_of

_PYTORCH_VERSION = "2.13.0+simulated"


async def get_object_info(request: web.Request) -> web.Response:
    catalogue = station_of(request).setup.catalogue
    return web.json_response({name: catalogue.object_info(name) for name in catalogue.classes})


async def get_object_info_of(request: web.Request) -> web.Response:
    name = request.match_info["class_type"]
    info = station_of(request).setup.catalogue.object_info(name)
    return web.json_response({} if info is None else {name: info})


async def get_models(request: web.Request) -> web.Response:
    return web.json_response(list(station_of(request).setup.catalogue.files))


async def get_models_in(request: web.Request) -> web.Response:
    catalogue = station_of(request).setup.catalogue
    folder = request.match_info["folder"]
    known = folder in catalogue.files
    return web.json_response(catalogue.files_in(folder)) if known else web.Response(status=404)


async def get_metadata(request: web.Request) -> web.Response:
    """As ComfyUI does it: 404 for whatever it does not have, and a 500 of aiohttp for a header that is no JSON."""
    files = station_of(request).setup.catalogue.files_in(request.match_info["folder"])
    name = request.query.get("filename", "")
    if not name.endswith(".safetensors") or name.replace("\\", "/") not in {each.replace("\\", "/") for each in files}:
        return web.Response(status=404)
    header = header_of(name.replace("\\", "/"))
    told = {} if header is None else json.loads(header)
    return web.json_response(told["__metadata__"]) if "__metadata__" in told else web.Response(status=404)


async def get_log(request: web.Request) -> web.Response:
    """Its first line alone."""
    began = station_of(request).began.isoformat(timespec="microseconds")
    return web.json_response({"entries": [{"t": began, "m": "Starting server\n"}], "size": {"cols": 80, "rows": 24}})


async def get_embeddings(request: web.Request) -> web.Response:
    names = station_of(request).setup.catalogue.files["embeddings"]
    return web.json_response([name.rsplit(".", 1)[0] for name in names])


async def get_features(request: web.Request) -> web.Response:
    return web.json_response(features(station_of(request).setup.dialect, control_of(request).options.max_upload_bytes))


def features(dialect: Dialect, max_upload_bytes: int) -> dict[str, Any]:
    """The features of the server, as told over HTTP and over the socket."""
    known: dict[str, Any] = {
        "supports_preview_metadata": True,
        "supports_model_type_tags": True,
        "max_upload_size": max_upload_bytes,
        "extension": {"manager": {"supports_v4": True}},
        "node_replacements": True,
        "assets": False,
    }
    return {name: known[name] for name in dialect.features}


async def get_system_stats(request: web.Request) -> web.Response:
    """The device's name ends in ``(simulated)``, so that clients and people can tell."""
    station, control = station_of(request), control_of(request)
    device = {
        "name": f"cuda:0 {station.machine.profile.device} (simulated)",
        "type": "cuda",
        "index": 0,
        **station.machine.vram(control.faults.settings.foreign_vram_gigabytes),
    }
    argv = ["main.py", "--port", str(control.options.port), "--preview-method"]
    argv.append("latent2rgb" if station.setup.previews else "none")
    system = {
        "os": station.setup.dialect.os_name,
        **station.machine.ram(),
        **_versions(station.setup.dialect),
        "argv": argv,
    }
    return web.json_response({"system": system, "devices": [device]})


def _versions(dialect: Dialect) -> dict[str, Any]:
    versions: dict[str, Any] = {
        "comfyui_version": dialect.version,
        "required_frontend_version": dialect.frontend_version,
        "installed_templates_version": dialect.required_templates_version,
        "required_templates_version": dialect.required_templates_version,
        "python_version": sys.version,
        "pytorch_version": _PYTORCH_VERSION,
        "embedded_python": False,
    }
    if dialect.comfy_packages:
        versions["comfy_package_versions"] = [
            {"name": name, "installed": version, "required": version} for name, version in dialect.comfy_packages
        ]
        versions["deploy_environment"] = "local-git"
    return versions


async def get_page(_request: web.Request) -> web.Response:
    """A short page in place of ComfyUI's, for people who follow a link to the node."""
    text = "<!doctype html><title>Simulated ComfyUI</title><p>A simulated ComfyUI node. It has an API but no page."
    return web.Response(text=text, content_type="text/html")


ROUTES = (
    web.get("/", get_page),
    web.get("/object_info", get_object_info),
    web.get("/object_info/{class_type}", get_object_info_of),
    web.get("/models", get_models),
    web.get("/models/{folder}", get_models_in),
    web.get("/view_metadata/{folder}", get_metadata),
    web.get("/embeddings", get_embeddings),
    web.get("/features", get_features),
    web.get("/system_stats", get_system_stats),
    web.get("/internal/logs/raw", get_log),
)
