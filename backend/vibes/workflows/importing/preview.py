"""What an import would be."""

from dataclasses import dataclass

from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.importing.export_reading import ReadExport
from vibes.workflows.importing.importer import Draft
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.uiformat.public_inputs import PublicInput


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft with all that it rests on."""

    draft: Draft
    read: ReadExport
    public: tuple[PublicInput, ...]
    """The inputs that its author chose for people: in App Mode, or by graph nodes that mark them."""
    wiring: Wiring
    """The graph with what the machines say of its classes."""
    workflow: Workflow
    """As the hub would read it."""
