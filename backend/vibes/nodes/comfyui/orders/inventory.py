"""What a ComfyUI has: graph-node classes and the lists of their inputs, beside its model files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile, ModelFolder
from vibes.domain.nodes.requirements import Requirements, choice_word
from vibes.text.file_names import PathStyle, is_file_name, same_file

_MAIN_FOLDERS = (ModelFolder.CHECKPOINTS, ModelFolder.DIFFUSION_MODELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfyUIInventory(NodeInventory):
    """Read from ``/system_stats``, ``/object_info``, ``/embeddings`` and ``/features``."""

    graph_node_classes: frozenset[str]
    choices: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By graph-node class and input: the valid values of each input with a list, in the node's own spelling.

    Inputs without a list, or whose list is unknown, are absent.
    """
    supports_jobs_api: bool
    """Whether ``/api/jobs`` answers (ComfyUI 0.33), where cancelling is atomic."""
    loads_models: bool = True

    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        """Everything that would make the node refuse the graph."""
        absent = sorted(needed.graph_node_classes - self.graph_node_classes)
        choices = sorted(
            f"lacks {choice_word(class_type, name)} {value}"
            for class_type, name, value in needed.choices
            if self.takes(class_type, name, value) is False
        )
        files = NodeInventory.lacks(self, needed)
        return (*(f"lacks graph node {name}" for name in absent), *files, *dict.fromkeys(choices))

    def reads(self, needed: Requirements) -> Iterator[ModelFile]:
        """Includes texts that only the node's own lists show to be files."""
        yield from NodeInventory.reads(self, needed)
        yield from (ModelFile(None, self.spelling(*choice)) for choice in needed.choices)

    def takes(self, class_type: str, input_name: str, value: str) -> bool | None:
        if self._choice(class_type, input_name, value) is not None:
            return True
        if (class_type, input_name) in self.choices:
            return False
        return True if class_type in self.graph_node_classes else None

    def offers(self, class_type: str, input_name: str) -> frozenset[str]:
        return self.choices.get((class_type, input_name), frozenset())

    def spelling(self, class_type: str, input_name: str, value: str) -> str:
        """The value as this node spells it; unchanged when the node does not list it."""
        return self._choice(class_type, input_name, value) or value

    def embedding(self, name: str) -> str | None:
        """The embedding's name in the node's own spelling; None when it is not listed."""
        found = self._file(ModelFolder.EMBEDDINGS, name)
        return found.replace("/", "\\") if found and self.path_style is PathStyle.WINDOWS else found

    def main_model(self, name: str) -> tuple[ModelFolder, str] | None:
        """The folder that has it, and its name there; None when no list of this node names it."""
        places = ((folder, self._file(folder, name)) for folder in _MAIN_FOLDERS)
        return next(((folder, found) for folder, found in places if found is not None), None)

    def _choice(self, class_type: str, input_name: str, value: str) -> str | None:
        offered = self.offers(class_type, input_name)
        return same_file(value, offered, self.path_style if is_file_name(value) else PathStyle.POSIX)
