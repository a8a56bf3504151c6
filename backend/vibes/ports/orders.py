"""Orders: what is handed to a node of any kind, and what the node's driver can tell of one beforehand."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vibes.domain.nodes.node import ModelFile
from vibes.domain.pictures.spec import GenerationSpec
from vibes.workflows.definition.manifest import Workflow


@dataclass(frozen=True)
class InputImage:
    """A picture that an order starts from: a PNG, fitted to the order's size."""

    content: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: equal images are one image."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One picture to be made: a workflow as it was at submission, filled by a spec, with its input images."""

    workflow: Workflow
    spec: GenerationSpec
    images: Mapping[str, InputImage] = field(default_factory=dict)
    """By picture parameter of the workflow."""
    kept: bool = True
    """False: the order only has the node load its models, and its picture need not be stored."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of carrying out an order, by the names in the node's events."""

    steps: Mapping[str, int] = field(default_factory=dict)
    """By part: number of steps that it reports, if any."""
    reads: Mapping[str, ModelFile] = field(default_factory=dict)
    """By part: the first model file that it reads, by the name that people know."""
    files: frozenset[ModelFile] = frozenset()
    """All model files that it reads, by the names of the node's inventory."""
