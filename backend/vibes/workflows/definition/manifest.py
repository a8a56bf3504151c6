"""A workflow as read from its manifest entry and its template, both found valid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import Operation, ParameterValue

ANY_FAMILY = "any"
"""The family of a workflow that needs no checkpoint of any family, such as an upscaler."""

BY_HUB = "hub"
"""The ``bind`` of a parameter that the hub itself goes by."""

DEFAULT_MAX_LORAS = 3
"""Most LoRAs of a workflow whose manifest entry says only ``supports_lora: true``."""


class ParameterKind(StrEnum):
    """What a parameter's value may be. LoRAs are not parameters: they are a list of their own."""

    STRING = "string"
    """Text. ``choices`` are suggestions; other texts are valid too."""
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    """Exactly one of ``choices``."""
    IMAGE = "image"
    """A picture, bound by the name under which it was uploaded to the node."""
    MASK = "mask"
    """A picture of the area to paint, bound like an image."""
    SEED = "seed"
    """0 to 2^64-1; drawn at random when a request has none."""

    @property
    def is_picture(self) -> bool:
        return self in {ParameterKind.IMAGE, ParameterKind.MASK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing that a request may set on a workflow."""

    name: str
    kind: ParameterKind
    default: ParameterValue | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    step: int | float | None = None
    """An integer must be a multiple of it; for a number it is only the step of a slider."""
    choices: tuple[ParameterValue, ...] = ()
    description: str = ""
    required: bool = False
    """A request must have it, unless the family has a default for it."""
    advanced: bool = False
    """A form hides it under "advanced"."""
    bind: str | None = None
    """Graph-node inputs that get the value, besides placeholders: ``"4.inputs.seed, 9.inputs.seed"``."""
    bypass: str | None = None
    """Graph nodes that are removed when the value is false, each with the input whose link replaces it (may be left out
    when only one input is linked): ``"12"``, ``"9.inputs.positive, 9.inputs.negative"``."""

    @property
    def is_for_hub(self) -> bool:
        """Whether the hub itself goes by the value, and no graph node takes it."""
        return self.bind == BY_HUB

    @property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """`bind` as pairs of graph-node id and input name."""
        return tuple((graph_node_id, name) for graph_node_id, name in _places(self.bind) if name is not None)

    @property
    def bypasses(self) -> tuple[tuple[str, str | None], ...]:
        """`bypass` as pairs of graph-node id and input name; the name is None where it is left out."""
        return tuple(_places(self.bypass))


def _places(text: str | None) -> Iterator[tuple[str, str | None]]:
    for place in (text or "").split(","):
        graph_node_id, separator, name = place.strip().partition(".inputs.")
        if graph_node_id:
            yield graph_node_id, name if separator and name else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A stored template with its manifest entry."""

    name: str
    description: str
    families: frozenset[str]
    operation: Operation
    parameters: Mapping[str, Parameter]
    """In the order of a form; defaults include ``overrides`` and ``default_params``."""
    template: Graph
    """API format with ``"{{name}}"`` placeholders."""
    file: str
    """Where the template is, as error messages name it."""
    supports_lora: bool = False
    max_loras: int = 0
    family_defaults: Mapping[str, Mapping[str, ParameterValue]] = field(default_factory=dict)
    """Defaults that depend on the family, by family, then by parameter."""
    outputs: tuple[str, ...] = ()
    """Graph-node ids whose images are the result; empty means every image the graph saves."""

    def serves(self, family: str) -> bool:
        return family in self.families or ANY_FAMILY in self.families

    @property
    def needs_image(self) -> bool:
        """Whether it needs a picture to start from."""
        return any(
            parameter.kind is ParameterKind.IMAGE and parameter.default is None
            for parameter in self.parameters.values()
        )
