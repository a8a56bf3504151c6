"""Reads ``flows.yaml``, the funnel's presets; mistakes are reported with file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vibes.documents.text_document import NotText, text_of
from vibes.documents.yaml_document import parse_yaml
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.domain.pictures.spec import TaskType
from vibes.domain.session import STAGES, Session
from vibes.services.runtime.edited_file import read_edited

DEFAULT_PRESET = "classic"


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StagePreset(_StrictModel):
    """The pictures of one stage, unless the session says otherwise."""

    name: str
    count: Annotated[int, Field(ge=1, le=1000)]
    model_family: Annotated[str, Field(min_length=1)]
    task_type: Annotated[TaskType, Field(strict=False)]
    width: Annotated[int, Field(ge=64, le=16384)]
    height: Annotated[int, Field(ge=64, le=16384)]
    """With the width: the number of pixels. The shape follows from the session's format and the picture to start
    from."""
    steps: Annotated[int, Field(ge=1, le=1000)]
    cfg_scale: Annotated[float, Field(ge=0, le=100)] | None = None
    denoise_strength: Annotated[float, Field(ge=0, le=1)] | None = None
    checkpoint: str | None = None


class FlowPreset(_StrictModel):
    description: str
    stages: Annotated[list[StagePreset], Field(min_length=len(STAGES), max_length=len(STAGES))]


class _FlowFile(_StrictModel):
    presets: Annotated[dict[str, FlowPreset], Field(min_length=1)]


def read_flows(path: Path) -> Mapping[str, FlowPreset]:
    """The presets by name. Raises InvalidDocument with every mistake and its line."""
    file = str(path)
    try:
        text = text_of(read_edited(path))
    except OSError as error:
        raise InvalidDocument([DocumentProblem(file, 0, 0, f"cannot be read: {error.strerror}")]) from error
    except NotText as error:
        raise error.in_file(file) from error
    document = parse_yaml(text, file)
    try:
        flows = _FlowFile.model_validate(document.value)
    except ValidationError as error:
        problems = [document.problem(detail["loc"], _sentence(detail)) for detail in error.errors()]
        raise InvalidDocument(problems) from error
    misnamed = [
        document.problem(("presets", name, "stages", index, "name"), f"stage {index} is called {expected!r}")
        for name, preset in flows.presets.items()
        for index, expected in enumerate(STAGES)
        if preset.stages[index].name != expected
    ]
    if DEFAULT_PRESET not in flows.presets:
        misnamed.append(DocumentProblem(file, 1, 1, f"there must be a preset {DEFAULT_PRESET!r}"))
    if misnamed:
        raise InvalidDocument(misnamed)
    return flows.presets


def stage_preset(flows: Mapping[str, FlowPreset], session: Session, stage: int) -> StagePreset | None:
    """The preset's values for a stage, overridden by the session's; None after the last stage.

    An invalid value of the session is ignored here: the request for pictures reports it.
    """
    if not 0 <= stage < len(STAGES):
        return None
    preset = flows.get(str(session.config.get("preset")), flows[DEFAULT_PRESET]).stages[stage]
    wishes = session.config.get("stages")
    own = wishes.get(str(stage)) if isinstance(wishes, dict) else None
    if not isinstance(own, dict):
        return preset
    try:
        return StagePreset.model_validate({**preset.model_dump(), **own})
    except ValidationError:
        return preset


def _sentence(detail: Any) -> str:
    name = detail["loc"][-1] if detail["loc"] else "the file"
    return f"{name}: {str(detail['msg'])[0].lower()}{str(detail['msg'])[1:]}, not {str(detail['input'])[:60]!r}"
