"""Reads what a picture was made with, and says which of it the fleet has."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.documents.other_files import told as told_of_file
from vibes.documents.picture_texts import is_picture
from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.pictures.file_kind import FileKind
from vibes.domain.pictures.spec import Operation
from vibes.recipes.dialects.comfyui import foreign_classes
from vibes.recipes.matching import AUTOV3, Hashes, MatchedFile, Names, Shelf, matched
from vibes.recipes.members import stem_of
from vibes.recipes.reading import recipe_of, told_hidden
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.told import Told, told_by
from vibes.services.generations.models import FleetModels
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.fleet_classes import FleetClasses
from vibes.services.library.imports import RESERVED_NAME
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.hidden_texts import hidden_text, may_hide_text
from vibes.services.prompting.loras import LoraService
from vibes.workflows.models.file_families import guess_file

AT_ONCE = 2
"""Files read at a time; each may be 32 MiB."""
MOST_FILES = 100
"""Model files of a picture that are told; people use ten, and a text of a megabyte names a hundred thousand."""

FOLDERS: Mapping[FileKind, Sequence[ModelFolder]] = {
    FileKind.MODEL: (ModelFolder.CHECKPOINTS, ModelFolder.DIFFUSION_MODELS),
    FileKind.LORA: (ModelFolder.LORAS,),
    FileKind.VAE: (ModelFolder.VAE,),
    FileKind.CONTROLNET: (ModelFolder.CONTROLNET,),
    FileKind.UPSCALER: (ModelFolder.UPSCALE_MODELS,),
    FileKind.TEXT_ENCODER: (ModelFolder.TEXT_ENCODERS,),
}
_NO_RECIPE = "no_recipe"
_TELLS_NOTHING = (
    "the picture does not tell how it was made: programs and sites often take that out when they save or send one; "
    "take the file that the program itself saved"
)
_NO_SUCH_TEXT = (
    "the text does not tell how a picture was made: send what A1111 shows below a picture, or a graph of ComfyUI"
)
_OTHER_FILE = "{} of the fleet has the name alone: by its hash it is another file than the one that drew the picture"
_MANY_FILES = "it names {} files, of which the first {} are told"
_SLUG = re.compile(r"[^a-z0-9]+")
_PICTURE = re.compile(r"\.(?:png|jpe?g|webp|txt)$", re.IGNORECASE)
_LONGEST_NAME = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRecipe:
    """A recipe, and what of it the fleet has."""

    recipe: Recipe
    settings: RecipeSettings
    """Those that a request can have here."""
    family: str | None
    """None: not told by the model's name, or one without workflows."""
    checkpoint: str | None
    """The fleet's name of the model; None: it has none."""
    files: tuple[MatchedFile, ...]
    name: str
    """For the workflow, if it is imported."""

    @property
    def loras(self) -> tuple[MatchedFile, ...]:
        """Those that the fleet has."""
        return tuple(each for each in self.files if each.file.kind is FileKind.LORA and each.on_fleet is not None)

    @property
    def notes(self) -> tuple[str, ...]:
        """Those of the recipe, and what is to be known of the fleet's files."""
        return (*self.recipe.notes, *(_OTHER_FILE.format(each.on_fleet) for each in self.files if each.is_other))


class Recipes:
    def __init__(
        self,
        models: FleetModels,
        catalog: WorkflowCatalog,
        classes: FleetClasses,
        loras: LoraService,
        decoding: DecodingPool,
    ) -> None:
        self._models = models
        self._catalog = catalog
        self._classes = classes
        self._loras = loras
        self._decoding = decoding
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def read(self, file: Callable[[], Awaitable[tuple[bytes, str]]]) -> FleetRecipe:
        """Of a PNG, JPEG or WebP, or of a text. ``file``: gives its content and its name, which may be empty, when its
        turn comes. Raises InvalidRequest ``no_recipe``, with a sentence for people."""
        async with self._gate:
            content, name = await file()
            recipe = await self._recipe(await asyncio.to_thread(told_by, content))
            if recipe is None and may_hide_text(content):
                hidden = await self._decoding.run(Lane.PEOPLE, content, hidden_text)
                recipe = await self._recipe(told_hidden(hidden)) if hidden else None
        if recipe is None:
            message = _why_not(content)
            raise InvalidRequest(message, code=_NO_RECIPE, problems=[Problem("file", message)])
        return await self._on_fleet(recipe, name)

    async def _recipe(self, told: Told) -> Recipe | None:
        """Machines are asked only for graph-node classes of their own, so that others are not waited for."""
        schema = await self._classes.schema(await asyncio.to_thread(foreign_classes, told))
        return await asyncio.to_thread(recipe_of, told, schema)

    async def _on_fleet(self, recipe: Recipe, name: str) -> FleetRecipe:
        recipe = _bounded(recipe)
        shelf = self._models.shelves.all()
        names = {kind: [each for folder in folders for each in shelf[folder]] for kind, folders in FOLDERS.items()}
        files = await asyncio.to_thread(matched, recipe.files, names, await self._hashes(recipe.files, names))
        model = next((each for each in files if each.file.kind is FileKind.MODEL), None)
        family = self._family(model)
        return FleetRecipe(
            recipe=recipe,
            settings=self._usable(recipe.settings, family),
            family=family,
            checkpoint=model.on_fleet if model else None,
            files=files,
            name=_slug(name) or _slug(model.file.name if model else "") or "picture",
        )

    async def _hashes(self, files: Sequence[RecipeFile], names: Shelf) -> Hashes:
        """Nodes are asked first about the files that names lead to. No machine tells the hash of another kind."""
        hashed = [each for each in files if each.kind is FileKind.LORA and each.hash]
        if not hashed:
            return {}
        wanted = [each.hash for each in hashed if each.hash and len(each.hash) >= AUTOV3]
        known = await asyncio.to_thread(Names, names[FileKind.LORA])
        likely = {found for each in hashed if (found := known.find(each.name))}
        return {FileKind.LORA: await self._loras.hashes(wanted, likely)}

    def _family(self, model: MatchedFile | None) -> str | None:
        if model is None:
            return None
        if model.on_fleet is not None:
            family = self._models.family_of(model.on_fleet, self._models.shelves.nodes_with(model.on_fleet)).family
        else:
            family = guess_file(model.file.name).family
        return family if family in self._catalog.library.families() else None

    def _usable(self, settings: RecipeSettings, family: str | None) -> RecipeSettings:
        """Without what no workflow of the family takes."""
        known = settings.known()
        candidates = self._catalog.library.candidates(family, Operation.TXT2IMG, loras=0) if family else []
        if not any("guidance" in each.parameters for each in candidates):
            known.pop("guidance", None)
        return RecipeSettings(**known)  # type: ignore[arg-type]  # its own values, by its own names


def _bounded(recipe: Recipe) -> Recipe:
    if len(recipe.files) <= MOST_FILES:
        return recipe
    note = _MANY_FILES.format(len(recipe.files), MOST_FILES)
    return replace(recipe, files=recipe.files[:MOST_FILES], notes=(*recipe.notes, note))


def _why_not(content: bytes) -> str:
    if is_picture(content):
        return _TELLS_NOTHING
    what = told_of_file(content)
    if what is None or "text" in what:
        return _NO_SUCH_TEXT
    return f"what a picture was made with is read from a PNG, JPEG or WebP, and this is {what}"


def _slug(name: str) -> str:
    """A name that an import takes; empty where nothing of it is left."""
    slug = _SLUG.sub("_", stem_of(_PICTURE.sub("", name)).lower()).strip("_")[:_LONGEST_NAME].strip("_")
    return "" if slug == RESERVED_NAME else slug
