"""``/api/recipes``: what a picture of anybody was made with."""

from functools import partial

from starlette.datastructures import UploadFile
from starlette.requests import Request

from vibes.api.http import given
from vibes.api.http.bodies import RECIPE_PATH
from vibes.api.http.routers import api_router
from vibes.api.schemas.recipes import RecipeOut
from vibes.domain.errors import InvalidRequest, Problem

router = api_router(prefix=RECIPE_PATH, tag="recipes")

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_TEXT = {"schema": {"type": "string"}}
_FORM = {"schema": {"type": "object", "required": ["file"], "properties": {"file": _BINARY["schema"]}}}
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": _FORM,
        "image/*": _BINARY,
        "application/octet-stream": _BINARY,
        "text/plain": _TEXT,
    },
}
_NO_FILE = "send the picture as the form field 'file', or as the body itself"


@router.post("", response_model_exclude_unset=True, openapi_extra={"requestBody": _BODY})
async def read_recipe(request: Request, recipes: given.Recipes) -> RecipeOut:
    """Reads a PNG, JPEG or WebP of at most 32 MiB, as a form or as the body itself, or a text that was copied out of
    one: who made it, the settings, the files and which of them the fleet has, and the graph in it. Nothing is kept."""
    return RecipeOut.of(await recipes.read(partial(_file_in, request)))


async def _file_in(request: Request) -> tuple[bytes, str]:
    """Its content and its name."""
    if not request.headers.get("content-type", "").casefold().startswith("multipart/form-data"):
        return await request.body(), ""
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidRequest(_NO_FILE, code="invalid_parameters", problems=[Problem("file", _NO_FILE)])
        return await file.read(), file.filename or ""
