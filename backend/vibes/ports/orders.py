"""Orders: what is handed to a node, whatever drives it, and what the node's driver tells of one beforehand."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vibes.domain.node import ModelFile
from vibes.domain.spec import GenerationSpec
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
    """False: nobody wants the picture, as the order only has the node load its models; nothing need be stored."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What carrying out an order comes to, in the parts that the node's events name."""

    steps: Mapping[str, int] = field(default_factory=dict)
    """How many steps each part reports that reports any."""
    reads: Mapping[str, ModelFile] = field(default_factory=dict)
    """The model file that a part reads when its turn comes, the first of several, by the name that people know."""
    files: frozenset[ModelFile] = frozenset()
    """All model files that are read, by the names of the node's inventory."""
