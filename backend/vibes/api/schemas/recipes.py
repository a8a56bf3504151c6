"""Bodies of ``/api/recipes``."""

from typing import Literal

from pydantic import Field

from vibes.api.schemas.generations import ResponseBody
from vibes.domain.pictures.file_kind import FileKind
from vibes.domain.pictures.seed import told_seed
from vibes.recipes.matching import MatchedFile
from vibes.services.generations.recipes import FleetRecipe


class RecipeLoraOut(ResponseBody):
    name: str
    strength_model: float


class RecipeSettingsOut(ResponseBody):
    """By the names that `POST /api/generate` takes; a field is there only where it is known."""

    prompt: str | None = None
    negative_prompt: str | None = None
    seed: int | str | None = Field(None, description="Beyond 2^53 - 1 as its digits.")
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    cfg_scale: float | None = None
    denoise_strength: float | None = Field(None, description="It goes with a picture to start from.")
    sampler: str | None = None
    scheduler: str | None = None
    model_family: str | None = None
    checkpoint: str | None = Field(None, description="The fleet's name of the model, where a node has it.")
    loras: list[RecipeLoraOut] = Field(default_factory=list, description="Those that a node has.")
    parameters: dict[str, float] = Field(default_factory=dict, description="Other parameters of the family's workflow.")


class RecipeFileOut(ResponseBody):
    kind: FileKind
    name: str = Field(description="As the picture has it; programs leave out folder and extension.")
    hash: str | None = Field(description="Its first hexadecimal digits, by whatever rule the program has.")
    strength: float | None
    on_fleet: str | None = Field(description="The fleet's own name; null: no node has it.")
    near: list[str] = Field(description="The most similar names that nodes have, where none has this one.")

    @classmethod
    def of(cls, matched: MatchedFile) -> "RecipeFileOut":
        file = matched.file
        return cls(
            kind=file.kind,
            name=file.name,
            hash=file.hash,
            strength=file.strength,
            on_fleet=matched.on_fleet,
            near=list(matched.near),
        )


class RecipeWorkflowOut(ResponseBody):
    format: Literal["api", "ui"]
    document: str = Field(description="ComfyUI's JSON, to be imported as a workflow.")
    name: str = Field(description="A name that `POST /api/workflows/import` takes.")


class RecipeOut(ResponseBody):
    made_with: str = Field(
        description="Automatic1111, Civitai, ComfyUI, Draw Things, Easy Diffusion, Fooocus, Forge, InvokeAI, NovelAI, "
        "RuinedFooocus, SD.Next, Stability Matrix, SwarmUI, Tensor.Art or Vibes ImGen; another name where the picture "
        "itself says one, else 'another program'."
    )
    version: str | None
    settings: RecipeSettingsOut
    files: list[RecipeFileOut]
    workflow: RecipeWorkflowOut | None
    notes: list[str] = Field(description="Sentences for people: what is not as it was, or was not understood.")

    @classmethod
    def of(cls, read: FleetRecipe) -> "RecipeOut":
        recipe = read.recipe
        embedded = recipe.workflow
        return cls(
            made_with=recipe.made_with,
            version=recipe.version,
            settings=_settings(read),
            files=[RecipeFileOut.of(each) for each in read.files],
            workflow=None
            if embedded is None
            else RecipeWorkflowOut(format=embedded.format, document=embedded.document, name=read.name),
            notes=list(read.notes),
        )


def _settings(read: FleetRecipe) -> RecipeSettingsOut:
    known: dict[str, object] = {**read.settings.known()}
    if read.settings.seed is not None:
        known["seed"] = told_seed(read.settings.seed)
    if (guidance := known.pop("guidance", None)) is not None:
        known["parameters"] = {"guidance": guidance}
    if read.family is not None:
        known["model_family"] = read.family
    if read.checkpoint is not None:
        known["checkpoint"] = read.checkpoint
    if read.loras:
        known["loras"] = [
            RecipeLoraOut(
                name=str(each.on_fleet), strength_model=1.0 if each.file.strength is None else each.file.strength
            )
            for each in read.loras
        ]
    return RecipeSettingsOut.model_validate(known)
