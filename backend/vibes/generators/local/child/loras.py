"""LoRAs on a pipeline: exactly those that a picture asks for, none of the picture before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vibes.generators.local.child.serving import Refused


class Loras:
    """Those of the same files stay loaded from one picture to the next; their strengths are set each time."""

    def __init__(self, pipeline: Any, folder: str | None) -> None:
        self._pipeline = pipeline
        self._folder = None if folder is None else Path(folder)
        self._loaded: tuple[tuple[Path, int], ...] = ()
        """Files with the time of their last change, in nanoseconds."""

    def put_on(self, asked: Sequence[dict[str, Any]]) -> None:
        """Refused where one is not there, or fits nothing of the model; then none is on."""
        files = tuple((path, path.stat().st_mtime_ns) for path in (self._path(str(each["name"])) for each in asked))
        if files != self._loaded:
            self.take_off()
            self._load(files)
        if files:
            self._pipeline.set_adapters(_names(len(files)), [float(each["strength"]) for each in asked])

    def take_off(self) -> None:
        if self._loaded:
            self._loaded = ()
            self._pipeline.unload_lora_weights()

    def _load(self, files: tuple[tuple[Path, int], ...]) -> None:
        self._loaded = files
        for name, (path, _) in zip(_names(len(files)), files, strict=True):
            try:
                self._pipeline.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=name)
                fits = any(name in adapters for adapters in self._pipeline.get_list_adapters().values())
            except Exception as error:  # the libraries fail with many kinds over a file of others
                self.take_off()
                raise Refused("invalid_input", f"the LoRA {path.name} cannot be put on: {error}"[:1000]) from error
            if not fits:
                self.take_off()
                raise Refused("invalid_input", f"the LoRA {path.name} fits nothing of this model")

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise Refused("invalid_input", "there is no folder of LoRAs")
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            raise Refused("invalid_input", f"there is no LoRA {name} in {self._folder}")
        return path


def _names(count: int) -> list[str]:
    return [f"lora_{number}" for number in range(count)]
