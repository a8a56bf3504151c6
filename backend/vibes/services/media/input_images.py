"""The pictures that a workflow starts from: accepted with a request, found and fitted when a node needs them."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from vibes.domain.errors import InvalidRequest, NotFound, Problem
from vibes.domain.generation import Generation, StoredImage
from vibes.domain.ids import GenerationId, OwnerId
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.masked_part import ONLY_MASKED, PADDING, REGION, Box
from vibes.domain.pictures.picture import PictureOrigin, PictureReference
from vibes.domain.pictures.spec import GenerationSpec, ParameterValue
from vibes.ports.orders import InputImage
from vibes.ports.storage import Storage
from vibes.services.media.artifact_store import ArtifactStore
from vibes.services.media.data_uri import NoDataUri, bytes_of, is_data_uri
from vibes.services.media.decoding_pool import DecodingPool, Lane
from vibes.services.media.image_codec import BrokenPicture, for_node, size_of
from vibes.services.media.image_store import ImageStore, damaged
from vibes.services.media.masked_parts import draws_a_part, name_of, painted_in, part_of
from vibes.services.media.uploads import Uploads
from vibes.workflows.definition.alpha import uses_alpha
from vibes.workflows.definition.manifest import ParameterKind, Workflow

FITTED_KEPT = 16
"""Fitted pictures kept in memory, since a batch often refines the same few parents."""
FITTED_BYTES = 64 * 2**20
"""Bytes of memory for them; the newest one is kept whatever its size."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The pictures of a request, each read once."""

    references: Mapping[str, Sequence[PictureReference]]
    """By picture parameter; several are used in turn."""
    sizes: Mapping[PictureReference, tuple[int, int]]
    """Width and height of each."""
    parts: Mapping[tuple[PictureReference | None, PictureReference | None], Box] = field(default_factory=dict)
    """Where only the masked part is drawn: which, by picture and mask."""

    def part(self, workflow: Workflow, spec: GenerationSpec) -> Box | None:
        """The part of its picture that a spec draws; None: the whole picture."""
        return self.parts.get(_picture_and_mask(workflow, references_of(workflow, spec))) if self.parts else None

    def size(self, workflow: Workflow, spec: GenerationSpec) -> tuple[int, int] | None:
        """Size of the first picture that a spec starts from, or of its part; None when it starts from none."""
        if (part := self.part(workflow, spec)) is not None:
            return part.width, part.height
        first = next(iter(references_of(workflow, spec).values()), None)
        return None if first is None else self.sizes.get(first)

    def megapixels(self, workflow: Workflow, spec: GenerationSpec) -> float | None:
        """Megapixels of that picture, for an estimate."""
        size = self.size(workflow, spec)
        return None if size is None else size[0] * size[1] / 1e6


class InputImages:
    def __init__(
        self,
        storage: Storage,
        images: ImageStore,
        artifacts: ArtifactStore,
        uploads: Uploads,
        decoding: DecodingPool,
    ) -> None:
        self._storage = storage
        self._uploads = uploads
        self._decoding = decoding
        self._images = images
        self._artifacts = artifacts
        self._fitted: OrderedDict[tuple[str, _Form], InputImage] = OrderedDict()

    async def take_in(self, workflow: Workflow, request: GenerationRequest, parents: Sequence[Generation]) -> TakenIn:
        """A reference for each picture parameter, one a parent where the pictures come from parents, and those
        that the request names as ``pictures``.

        Parents fill the first image parameter that the request does not name. A value may be ``artifact:<id>``,
        ``generation:<id>`` or a ``data:image/…;base64,`` URI, which becomes an artifact. Raises InvalidRequest
        that names each parameter that is missing or cannot be used, NotFound when a parent is a video.
        """
        references: dict[str, list[PictureReference]] = {}
        sizes: dict[PictureReference, tuple[int, int]] = {}
        problems: list[Problem] = []
        unused_parents = list(parents)
        for name, parameter in workflow.parameters.items():
            if not parameter.kind.is_picture:
                continue
            if name in request.pictures:
                known = [await self._look_at(name, each, request.owner) for each in request.pictures[name]]
            elif name in request.values:
                known = [await self._look_at(name, request.values[name], request.owner)]
            elif parameter.kind is ParameterKind.IMAGE and unused_parents:
                known = [(PictureReference.of_generation(each.id), _size_of(each)) for each in unused_parents]
                unused_parents = []
            elif parameter.default is None:
                problems.append(Problem(name, _how_to_give(workflow, name)))
                continue
            else:
                continue  # the workflow's own
            references[name] = [reference for reference, _ in known]
            sizes.update(known)
        if unused_parents:
            problems.append(Problem("from", f"workflow {workflow.name} has no image parameter left for them"))
        if problems:
            message = "; ".join(problem.message for problem in problems)
            raise InvalidRequest(message, code="invalid_parameters", problems=problems)
        return TakenIn(references, sizes, await self._parts(workflow, request, references, sizes))

    async def require(self, reference: PictureReference) -> None:
        """Raises NotFound when it does not exist."""
        if reference.origin is not PictureOrigin.ARTIFACT or not await self._artifacts.exists(reference.id):
            await self.size(reference)

    async def load(self, workflow: Workflow, spec: GenerationSpec) -> dict[str, InputImage]:
        """The PNG for each picture parameter, fitted to the spec's width and height where the workflow has them; where
        only the masked part is drawn, the picture as it is, and a mask that fits it.

        Raises NotFound when one was deleted meanwhile, or is damaged.
        """
        references = references_of(workflow, spec)
        size = (spec.width, spec.height) if spec.width and spec.height else None
        if draws_a_part(workflow, spec.parameters):
            picture, _ = _picture_and_mask(workflow, references)
            size = None if picture is None else await self.size(picture)
        return {
            name: await self._load(reference, _form_for(workflow, name, size)) for name, reference in references.items()
        }

    async def megapixels(self, workflow: Workflow, spec: GenerationSpec) -> float | None:
        """The size of the first picture, for an estimate; None when the workflow starts from none."""
        for reference in references_of(workflow, spec).values():
            width, height = await self.size(reference)
            return width * height / 1e6
        return None

    async def _look_at(
        self, name: str, value: ParameterValue | PictureReference, owner: OwnerId | None
    ) -> tuple[PictureReference, tuple[int, int]]:
        if isinstance(value, str) and is_data_uri(value):
            artifact = await self._uploads.add(partial(asyncio.to_thread, _decode_uri, name, value), name, owner)
            return PictureReference(PictureOrigin.ARTIFACT, artifact.id), (artifact.width, artifact.height)
        reference = PictureReference.parse(value) if isinstance(value, str) else value
        if not isinstance(reference, PictureReference):
            raise _invalid(name, "must be artifact:<id>, generation:<id> or a data:image/…;base64, URI")
        try:
            return reference, await self.size(reference)
        except NotFound as error:
            raise _invalid(name, error.message) from error

    async def _parts(
        self,
        workflow: Workflow,
        request: GenerationRequest,
        references: Mapping[str, Sequence[PictureReference]],
        sizes: Mapping[PictureReference, tuple[int, int]],
    ) -> dict[tuple[PictureReference | None, PictureReference | None], Box]:
        """By picture and mask, of all that the request brings together."""
        if not draws_a_part(workflow, request.values):
            return {}
        found = {}
        for index in range(request.count):
            one_each = {name: several[index % len(several)] for name, several in references.items()}
            pair = picture, mask = _picture_and_mask(workflow, one_each)
            if pair in found or picture is None or mask is None:
                continue
            try:
                look = partial(painted_in, picture=sizes[picture])
                painted = await self._decoding.run(Lane.PEOPLE, await self._read(mask), look)
            except BrokenPicture as error:
                raise _damaged(mask, error) from error
            found[pair] = part_of(workflow, request.values, painted, sizes[picture])
        return found

    async def _load(self, reference: PictureReference, form: "_Form") -> InputImage:
        key = (str(reference), form)
        if key not in self._fitted:
            png = await self._read(reference)
            try:
                fit = partial(for_node, size=form.size, mask=form.mask, on_paper=form.on_paper)
                self._fitted[key] = InputImage(await self._decoding.run(Lane.NODES, png, fit))
            except BrokenPicture as error:
                raise _damaged(reference, error) from error
            self._forget_old_ones()
        self._fitted.move_to_end(key)
        return self._fitted[key]

    def _forget_old_ones(self) -> None:
        size = sum(len(each.content) for each in self._fitted.values())
        while len(self._fitted) > FITTED_KEPT or (size > FITTED_BYTES and len(self._fitted) > 1):
            size -= len(self._fitted.popitem(last=False)[1].content)

    async def size(self, reference: PictureReference) -> tuple[int, int]:
        """Width and height. Raises NotFound when it is missing or damaged."""
        if reference.origin is PictureOrigin.ARTIFACT:
            try:
                return size_of(await self._artifacts.read(reference.id))
            except BrokenPicture as error:
                raise _damaged(reference, error) from error
        image = await self._image(reference)
        return image.width, image.height

    async def _read(self, reference: PictureReference) -> bytes:
        if reference.origin is PictureOrigin.ARTIFACT:
            return await self._artifacts.read(reference.id)
        return await self._images.read(await self._image(reference))

    async def _image(self, reference: PictureReference) -> StoredImage:
        generation = await self._storage.generations.get(GenerationId(reference.id))
        if generation is None:
            raise NotFound(f"there is no generation {reference.id}", code="unknown_generation")
        return _startable(generation)


class _Form(NamedTuple):
    """How a node gets a picture; see `for_node`."""

    size: tuple[int, int] | None
    mask: bool
    on_paper: bool


def _form_for(workflow: Workflow, name: str, size: tuple[int, int] | None) -> _Form:
    mask = workflow.parameters[name].kind is ParameterKind.MASK
    return _Form(size, mask, on_paper=not mask and not uses_alpha(workflow, name))


def said_of_pictures(workflow: Workflow, values: Mapping[str, ParameterValue]) -> tuple[object, ...]:
    """All that `InputImages.take_in` heeds of the values: two requests that are equal in it start from the same."""
    names = (name for name, parameter in workflow.parameters.items() if parameter.kind.is_picture)
    return tuple((name, values.get(name)) for name in (*names, ONLY_MASKED, PADDING, *REGION))


def _startable(generation: Generation) -> StoredImage:
    """The picture of it that work can start from. Raises NotFound, code ``no_image``."""
    if generation.image is None:
        raise NotFound(f"generation {generation.id} has no picture: it is {generation.status}", code="no_image")
    if generation.image.media_type.is_video:
        raise NotFound(f"generation {generation.id} is a video, and nothing starts from one", code="no_image")
    return generation.image


def _size_of(parent: Generation) -> tuple[int, int]:
    image = _startable(parent)
    return image.width, image.height


def references_of(workflow: Workflow, spec: GenerationSpec) -> dict[str, PictureReference]:
    """The picture parameters of a spec."""
    found = {}
    for name, parameter in workflow.parameters.items():
        value = spec.parameters.get(name)
        reference = PictureReference.parse(value) if parameter.kind.is_picture and isinstance(value, str) else None
        if reference is not None:
            found[name] = reference
    return found


def _picture_and_mask(
    workflow: Workflow, references: Mapping[str, PictureReference]
) -> tuple[PictureReference | None, PictureReference | None]:
    picture, mask = name_of(workflow, ParameterKind.IMAGE), name_of(workflow, ParameterKind.MASK)
    return references.get(picture or ""), references.get(mask or "")


def _how_to_give(workflow: Workflow, name: str) -> str:
    kind = workflow.parameters[name].kind
    by_parent = ", or name pictures to start from in `from`" if kind is ParameterKind.IMAGE else ""
    return (
        f"workflow {workflow.name} needs at least one picture: upload one to /api/artifacts and set {name} to "
        f"artifact:<id>{by_parent}"
    )


def _damaged(reference: PictureReference, error: BrokenPicture) -> NotFound:
    what = "upload" if reference.origin is PictureOrigin.ARTIFACT else "picture of generation"
    return damaged(f"the {what} {reference.id}", error)


def _decode_uri(name: str, uri: str) -> bytes:
    try:
        return bytes_of(uri)
    except NoDataUri as error:
        raise _invalid(name, str(error)) from error


def _invalid(name: str, message: str) -> InvalidRequest:
    problem = Problem(name, f"{name}: {message}")
    return InvalidRequest(problem.message, code="invalid_parameters", problems=[problem])
