"""Routes that move pictures: view and upload."""

import asyncio
import contextlib
import io
import json
import mimetypes
from pathlib import Path
from typing import Any

from aiohttp import web
from PIL import Image, ImageOps

from vibes.simulator.http.control import control_of, cut, station_of
from vibes.simulator.state.files import PICTURE_FORMATS, OutsideFolder

_ANNOTATIONS = {f" [{kind}]": kind for kind in ("input", "output", "temp")}
_DEFAULT_QUALITY = 90
_OVERSIZED_BYTES, _OVERSIZED_CHUNK = 10 * 10**9, 2**20
_RUNNABLE_TYPES = frozenset(
    {"text/html", "text/javascript", "text/css", "image/svg+xml", "application/xml", "text/xml"}
)


async def get_view(request: web.Request) -> web.StreamResponse:
    """A picture, or a smaller or one-channel version of it; statuses as in ComfyUI."""
    path_or_status = _viewed_path(request)
    if isinstance(path_or_status, int):
        return web.Response(status=path_or_status)
    path = path_or_status
    control = control_of(request)
    control.station.ledger.views += 1
    if control.faults.strikes("delete_next_views"):
        path.unlink()
        return web.Response(status=404)
    if control.faults.strikes("swap_next_views"):
        path = _another_picture(path)
    if control.faults.strikes("corrupt_next_views"):
        return web.Response(body=_garbled(await asyncio.to_thread(path.read_bytes)), content_type="image/png")
    if control.faults.strikes("truncate_next_views"):
        return await _truncated(request, path)
    if control.faults.strikes("oversized_next_views"):
        return await _oversized(request)
    headers = {"Content-Disposition": f'filename="{path.name}"'}
    if "preview" in request.query:
        kind, _, quality = request.query["preview"].partition(";")
        kind = kind if kind in ("webp", "jpeg") and "a" not in request.query.get("channel", "") else "webp"
        body = await asyncio.to_thread(_preview, path, kind, int(quality) if quality.isdigit() else _DEFAULT_QUALITY)
        return web.Response(body=body, content_type=f"image/{kind}", headers=headers)
    channel = request.query.get("channel", "rgba")
    if channel in ("rgb", "a"):
        body = await asyncio.to_thread(_one_channel, path, channel)
        return web.Response(body=body, content_type="image/png", headers=headers)
    return _whole_file(request, path, headers)


def _viewed_path(request: web.Request) -> Path | int:
    """The file that the request names, or the status that refuses it."""
    if "filename" not in request.query:
        return 404
    filename, kind = request.query["filename"], request.query.get("type", "output")
    for suffix, annotated in _ANNOTATIONS.items():
        if filename.endswith(suffix):
            filename, kind = filename.removesuffix(suffix), annotated
    if not filename or filename.startswith("/") or ".." in filename:
        return 400
    files = station_of(request).files
    if files.folder(kind) is None:
        return 400
    try:
        folder = files.within(kind, request.query.get("subfolder", ""))
    except OutsideFolder:
        return 403
    path = folder / Path(filename).name
    return path if path.is_file() else 404


def _another_picture(path: Path) -> Path:
    """The newest other picture in its folder; itself when it is alone."""
    others = sorted(path.parent.glob("*.png"), key=lambda other: other.stat().st_mtime, reverse=True)
    return next((other for other in others if other != path), path)


def _whole_file(request: web.Request, path: Path, headers: dict[str, str]) -> web.FileResponse:
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if station_of(request).setup.dialect.forces_nosniff:
        headers["X-Content-Type-Options"] = "nosniff"
        if content_type in _RUNNABLE_TYPES:
            content_type = "application/octet-stream"
            headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return web.FileResponse(path, headers={**headers, "Content-Type": content_type})


def _preview(path: Path, kind: str, quality: int) -> bytes:
    with Image.open(path, formats=PICTURE_FORMATS) as image:
        buffer = io.BytesIO()
        (image.convert("RGB") if kind == "jpeg" else image).save(buffer, kind, quality=quality)
        return buffer.getvalue()


def _one_channel(path: Path, channel: str) -> bytes:
    with Image.open(path, formats=PICTURE_FORMATS) as image:
        if channel == "rgb":
            changed = image.convert("RGB")
        else:
            changed = Image.new("RGBA", image.size)
            changed.putalpha(image.getchannel("A") if "A" in image.getbands() else Image.new("L", image.size, 255))
        buffer = io.BytesIO()
        changed.save(buffer, "PNG")
        return buffer.getvalue()


def _garbled(content: bytes) -> bytes:
    """As many bytes, beginning like a PNG, so that only decoding shows the damage."""
    return content[:8] + bytes(byte ^ 0x5A for byte in content[8:])


async def _truncated(request: web.Request, path: Path) -> web.StreamResponse:
    content = await asyncio.to_thread(path.read_bytes)
    response = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": str(len(content))})
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    cut(request)
    return response


async def _oversized(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "image/png"})
    await response.prepare(request)
    chunk = bytes(_OVERSIZED_CHUNK)
    with contextlib.suppress(ConnectionError):
        for _ in range(_OVERSIZED_BYTES // _OVERSIZED_CHUNK):
            await response.write(chunk)
    return response


async def post_image(request: web.Request) -> web.Response:
    """Store an upload; the name in the answer is the one to use, since it may differ from the one sent."""
    form = await request.post()
    upload = form.get("image")
    if not isinstance(upload, web.FileField) or not upload.filename:
        return web.Response(status=400)
    target = _upload_path(request, form, upload.filename)
    if isinstance(target, int):
        return web.Response(status=target)
    folder, name = target
    content = await asyncio.to_thread(upload.file.read)
    stored = await asyncio.to_thread(_store, folder, name, content, form.get("overwrite") in ("true", "1"))
    station_of(request).ledger.uploads += 1
    return web.json_response(_upload_answer(form, stored))


async def post_mask(request: web.Request) -> web.Response:
    """Store the referenced picture with the transparency of the uploaded one; nothing when the reference is wrong."""
    form = await request.post()
    upload = form.get("image")
    if not isinstance(upload, web.FileField) or not upload.filename:
        return web.Response(status=400)
    target = _upload_path(request, form, upload.filename)
    if isinstance(target, int):
        return web.Response(status=target)
    folder, name = target
    reference: Any = json.loads(str(form.get("original_ref", "{}")))
    original = _referenced(request, reference)
    if original is not None:
        content = await asyncio.to_thread(_with_alpha_of, original, upload.file.read())
        name = await asyncio.to_thread(_store, folder, name, content, form.get("overwrite") in ("true", "1"))
        station_of(request).ledger.uploads += 1
    return web.json_response(_upload_answer(form, name))


def _upload_path(request: web.Request, form: Any, filename: str) -> tuple[Path, str] | int:
    """The path and the subfolder; or 400 when it leads outside, 500 for an unknown type."""
    files, kind = station_of(request).files, str(form.get("type", "input"))
    if files.folder(kind) is None:
        return 500
    try:
        folder = files.within(kind, str(form.get("subfolder", "")))
        path = files.within(kind, str(Path(str(form.get("subfolder", ""))) / filename))
    except OutsideFolder:
        return 400
    return folder, str(path.relative_to(folder)) if folder in path.parents else path.name


def _store(folder: Path, name: str, content: bytes, overwrite: bool) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    copies = 0
    while not overwrite and path.exists():
        if path.read_bytes() == content:
            return str(path.relative_to(folder))
        copies += 1
        path = folder / f"{Path(name).stem} ({copies}){Path(name).suffix}"
    path.write_bytes(content)
    return str(path.relative_to(folder))


def _referenced(request: web.Request, reference: Any) -> Path | None:
    files = station_of(request).files
    filename, kind = str(reference.get("filename", "")), str(reference.get("type", "output"))
    if not filename or ".." in filename or filename.startswith("/") or files.folder(kind) is None:
        return None
    try:
        path = files.within(kind, str(Path(str(reference.get("subfolder", ""))) / Path(filename).name))
    except OutsideFolder:
        return None
    return path if path.is_file() else None


def _with_alpha_of(original: Path, mask: bytes) -> bytes:
    with (
        Image.open(original, formats=PICTURE_FORMATS) as picture,
        Image.open(io.BytesIO(mask), formats=PICTURE_FORMATS) as alpha,
    ):
        combined = ImageOps.exif_transpose(picture).convert("RGBA")
        combined.putalpha(alpha.convert("RGBA").resize(combined.size).getchannel("A"))
        buffer = io.BytesIO()
        combined.save(buffer, "PNG", compress_level=4)
        return buffer.getvalue()


def _upload_answer(form: Any, name: str) -> dict[str, str]:
    return {"name": name, "subfolder": str(form.get("subfolder", "")), "type": str(form.get("type", "input"))}


ROUTES = (
    web.get("/view", get_view),
    web.post("/upload/image", post_image),
    web.post("/upload/mask", post_mask),
)
