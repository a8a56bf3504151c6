"""Bodies of workflow imports: what is imported, what was found in it, and how it looks."""

from typing import Any

from pydantic import Field, field_validator

from vibes.api.schemas.common import RequestBody, Word
from vibes.api.schemas.generations import ResponseBody
from vibes.workflows.importing.drawing import Drawing, draw
from vibes.workflows.importing.export_reading import NO_LIST
from vibes.workflows.importing.importer import Draft
from vibes.workflows.importing.preview import Preview
from vibes.workflows.meaning.found import Unsure
from vibes.workflows.uiformat.public_inputs import PublicInput

Value = str | int | float | bool | None


class WorkflowImport(RequestBody):
    name: Word = Field(description="a-z, 0-9, _ and -; up to 64 characters.", examples=["my_flow"])
    graph: dict[str, Any] = Field(
        description="What Workflow > Export (API) or Save of ComfyUI writes, up to 500 graph nodes."
    )
    family: Word | None = Field(None, description="Left out: told by the files that it loads.", examples=["sdxl"])
    bindings: dict[str, str | None] = Field(
        default_factory=dict,
        max_length=100,
        description="By parameter: the input that it sets, as graph-node id and name; null: none. Others are found.",
        examples=[{"prompt": "6.text", "mask": None}],
    )

    @field_validator("graph", mode="before")
    @classmethod
    def _is_an_object(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        raise ValueError(NO_LIST.format("graph"))


class FindingOut(ResponseBody):
    """One input that a parameter sets."""

    parameter: str
    graph_node_id: str
    input: str
    value: Value = Field(description="The export's own value; null where every request has its own.")
    why: str


class CandidateOut(ResponseBody):
    graph_node_id: str
    input: str
    value: Value
    why: str


class UnsureOut(ResponseBody):
    """A parameter that is bound nowhere, since it cannot be told where."""

    parameter: str
    candidates: list[CandidateOut]
    say: str = Field(description="What is open, and what to do.")

    @classmethod
    def of(cls, unsure: Unsure) -> "UnsureOut":
        candidates = [
            CandidateOut(graph_node_id=each.place.graph_node_id, input=each.place.input, value=each.value, why=each.why)
            for each in unsure.candidates
        ]
        return cls(parameter=unsure.parameter, candidates=candidates, say=unsure.say)


class PublicInputOut(ResponseBody):
    graph_node_id: str
    input: str
    title: str = Field(description="What its author calls it.")

    @classmethod
    def of(cls, public: PublicInput) -> "PublicInputOut":
        return cls(graph_node_id=public.graph_node_id, input=public.input, title=public.title)


class DrawnInput(ResponseBody):
    name: str = Field(description="As a binding names it, such as text, or lora_1.strength inside an object.")
    value: Any


class DrawnNodeOut(ResponseBody):
    id: str
    class_type: str
    title: str
    x: int = Field(description="Of its upper left corner, as its author put it or, where that is not told, in columns.")
    y: int
    inputs: list[DrawnInput]


class DrawingOut(ResponseBody):
    nodes: list[DrawnNodeOut]
    links: list[tuple[str, str, str]] = Field(description="From, to, and the type of what goes over; often unknown.")

    @classmethod
    def of(cls, drawing: Drawing) -> "DrawingOut":
        nodes = [
            DrawnNodeOut(
                id=each.id,
                class_type=each.class_type,
                title=each.title,
                x=each.x,
                y=each.y,
                inputs=[DrawnInput(name=name, value=value) for name, value in each.inputs.items()],
            )
            for each in drawing.nodes
        ]
        return cls(nodes=nodes, links=list(drawing.links))


class ImportPreview(ResponseBody):
    """What an import would be; nothing was written."""

    draft: dict[str, Any] = Field(description="The manifest's entry.")
    format: str = Field(description="api, ui or picture.")
    operation: str
    family: str
    findings: list[FindingOut]
    unsure: list[UnsureOut]
    notes: list[str]
    missing_classes: list[str] = Field(description="Classes that no machine that was asked has.")
    public: list[PublicInputOut] = Field(description="What its author chose for people, as App Mode shows it.")
    drawing: DrawingOut
    graph: dict[str, Any] = Field(description="In API format.")

    @classmethod
    def of(cls, preview: Preview) -> "ImportPreview":
        draft = preview.draft
        return cls(
            draft=dict(draft.entry),
            format=preview.read.format,
            operation=draft.entry["operation"],
            family=draft.entry["families"][0],
            findings=findings_of(draft),
            unsure=[UnsureOut.of(each) for each in draft.unsure],
            notes=list(draft.notes),
            missing_classes=[each.class_type for each in preview.read.missing],
            public=[PublicInputOut.of(each) for each in preview.public],
            drawing=DrawingOut.of(draw(preview.wiring, preview.read.corners)),
            graph={key: dict(node) for key, node in preview.wiring.graph.items()},
        )


class TrialOut(ResponseBody):
    """One picture that was queued with a draft."""

    batch_id: str
    generation_id: str


def findings_of(draft: Draft) -> list[FindingOut]:
    return [
        FindingOut(parameter=each.parameter, graph_node_id=graph_node_id, input=name, value=each.default, why=each.why)
        for each in draft.found
        for graph_node_id, _, name in (target.strip().partition(".inputs.") for target in each.bind.split(","))
    ]
