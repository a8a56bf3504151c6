"""What a node has and can do, as every kind of node tells it and as whoever plans asks it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vibes.domain.node import ModelFile, ModelFolder
from vibes.domain.requirements import Requirements, file_word
from vibes.text.file_names import PathStyle, same_file


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeInventory:
    """The part that all kinds share: model files by folder, and a verdict on what is asked for.

    A kind adds what it alone knows by a subclass, and answers `lacks` from it; a kind without files of its own lists
    the models that it offers as files. A name is asked for in any spelling that means the same file there.
    """

    version: str
    device_name: str
    simulated: bool
    vram_total_bytes: int
    """0 where nobody knows."""
    files: Mapping[ModelFolder, frozenset[str]] = field(default_factory=dict)
    """With slashes between their folders where the node is known to run on Windows."""
    path_style: PathStyle = PathStyle.POSIX
    samplers: frozenset[str] = frozenset()
    schedulers: frozenset[str] = frozenset()
    max_upload_bytes: int | None = None
    """The largest input image that it takes; None when it does not say."""
    loads_models: bool = False
    """Whether it reads a model into its memory before the first picture: then a tiny order beforehand saves time."""

    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        """Why the node cannot carry this out, one reason a thing, each to be read after the node's name; empty when it
        can. The same for equal `Requirements.key`."""
        return tuple(
            f"lacks {file_word(folder)} {name}"
            for folder, name in sorted(needed.files)
            if not self.has_file(folder, name)
        )

    def reads(self, needed: Requirements) -> Iterator[ModelFile]:
        """The files that it reads to carry this out, by the names of this inventory."""
        return (self.file(ModelFile(*file)) for file in needed.files)

    def takes(self, class_type: str, input_name: str, value: str) -> bool | None:
        """Whether this input of a graph node takes the value, as far as the node tells; None where it knows no such
        graph node, or no graph nodes at all."""
        return None

    def offers(self, class_type: str, input_name: str) -> frozenset[str]:
        """What this input of a graph node takes; empty where it may be anything or nobody knows."""
        return frozenset()

    def has_file(self, folder: ModelFolder, name: str) -> bool:
        return self._file(folder, name) is not None

    def has_exactly(self, folder: ModelFolder, name: str) -> bool:
        """Whether it has a file of exactly this name, in which a backslash would be a letter."""
        return self.path_style is PathStyle.POSIX and name in self.files.get(folder, frozenset())

    def file(self, file: ModelFile) -> ModelFile:
        """The same file, by the name that `files` has for it; as it is where the node lists none."""
        name = self._file(file.folder, file.name) if file.folder is not None else None
        return ModelFile(file.folder, name or file.name)

    def lists(self, file: ModelFile) -> bool:
        """False only where it is known to have no such file."""
        return file.folder is None or self.has_file(file.folder, file.name)

    def _file(self, folder: ModelFolder, name: str) -> str | None:
        return same_file(name, self.files.get(folder, frozenset()), self.path_style)
