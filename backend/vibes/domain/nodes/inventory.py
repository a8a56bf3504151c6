"""What a node has and can do, in the form that every kind of node provides and planning uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vibes.domain.cost import NodeCost
from vibes.domain.money import MicroUsd
from vibes.domain.nodes.node import ModelFile, ModelFolder
from vibes.domain.nodes.requirements import Requirements, file_word
from vibes.text.file_names import PathStyle, same_file


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedModel:
    name: str
    families: frozenset[str]
    """As which it draws."""
    operations: frozenset[str]
    """What it does, by the names of `Operation`."""
    price: MicroUsd | None
    """Of one picture; None: not known beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeInventory:
    """The part that all kinds share: model files by folder, and a judgement of requirements.

    A kind adds its own knowledge in a subclass and answers `lacks` from it; a kind without files lists its models as
    files. Names may be asked for in any spelling that means the same file on this node (`text.file_names`).
    """

    version: str
    device_name: str
    simulated: bool
    vram_total_bytes: int
    """0 when unknown."""
    files: Mapping[ModelFolder, frozenset[str]] = field(default_factory=dict)
    """By folder; with slashes where the node is known to run on Windows."""
    path_style: PathStyle = PathStyle.POSIX
    samplers: frozenset[str] = frozenset()
    schedulers: frozenset[str] = frozenset()
    takes_any_lora: bool = False
    """Whether it takes LoRAs and nobody knows which: then none is said to be nowhere."""
    max_upload_bytes: int | None = None
    """Largest input image in bytes; None when not told."""
    provider: str = ""
    """Who draws, where several nodes may ask the same; empty: the node itself."""
    models: tuple[OfferedModel, ...] = ()
    """What a node without files draws with; they are listed as files too, so that they are chosen like those."""
    slots: int = 1
    """Orders that it carries out at once."""
    loads_models: bool = False
    """Whether it loads a model before the first picture, so that a tiny order beforehand saves time."""
    cost: NodeCost | None = None
    """Its price as the node itself knows it; what ``gpus.yaml`` says takes precedence. None: it does not tell."""

    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        """Why the node cannot carry this out, one reason a thing, each a continuation of the node's name; empty when it
        can. Equal for equal `Requirements.key`."""
        return tuple(
            f"lacks {file_word(folder)} {name}"
            for folder, name in sorted(needed.files)
            if not self.has_file(folder, name)
        )

    def suggests(self, checkpoint: str, width: int, height: int, steps: int) -> tuple[int, int, int]:
        """The nearest size and number of steps that it draws with this checkpoint."""
        return width, height, steps

    def reads(self, needed: Requirements) -> Iterator[ModelFile]:
        """The files that it reads to carry this out, by this inventory's names."""
        return (self.file(ModelFile(*file)) for file in needed.files)

    def takes(self, class_type: str, input_name: str, value: str) -> bool | None:
        """Whether this input of a graph node takes the value, as far as known; None when it knows no such graph
        node."""
        return None

    def offers(self, class_type: str, input_name: str) -> frozenset[str]:
        """The values of this input of a graph node; empty when any is valid or they are unknown."""
        return frozenset()

    def has_file(self, folder: ModelFolder, name: str) -> bool:
        return self._file(folder, name) is not None

    def has_exactly(self, folder: ModelFolder, name: str) -> bool:
        """Whether it has a file of exactly this name; a backslash is an ordinary character here."""
        return self.path_style is PathStyle.POSIX and name in self.files.get(folder, frozenset())

    def file(self, file: ModelFile) -> ModelFile:
        """The file under the name that `files` has for it; unchanged when the node does not list it."""
        name = self._file(file.folder, file.name) if file.folder is not None else None
        return ModelFile(file.folder, name or file.name)

    def lists(self, file: ModelFile) -> bool:
        """False when it is known to have no such file."""
        return file.folder is None or self.has_file(file.folder, file.name)

    def _file(self, folder: ModelFolder, name: str) -> str | None:
        return same_file(name, self.files.get(folder, frozenset()), self.path_style)
