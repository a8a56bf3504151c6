"""The folders ``input``, ``output`` and ``temp`` of one node; no name leads out of them."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_ANNOTATION = re.compile(r"^(?P<name>.*) \[(?P<kind>input|output|temp)\]$", re.DOTALL)
_IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tiff"})

KINDS = ("input", "output", "temp")

PICTURE_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""Formats that are opened as pictures. Pillow knows more, among them PostScript, for which it runs another program."""


class OutsideFolder(Exception):
    """A name leads out of its folder."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A picture that a graph node wrote, as ``/history`` and the ``executed`` event name it."""

    filename: str
    subfolder: str
    type: str

    def as_json(self) -> dict[str, str]:
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.type}


class Files:
    """The three folders under ``root``, created with this object."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._counters: dict[tuple[Path, str], int] = {}
        for kind in (*KINDS, "web"):
            self._folder_named(kind).mkdir(parents=True, exist_ok=True)

    @property
    def web(self) -> Path:
        """The folder of the web page; the simulator has none, so it is always empty."""
        return self._folder_named("web")

    def folder(self, kind: str) -> Path | None:
        """The folder of ``input``, ``output`` or ``temp``; None for any other word."""
        return self._folder_named(kind) if kind in KINDS else None

    def wipe_temp(self) -> None:
        """Delete temporary files, as ComfyUI does when it starts and when it shuts down."""
        _empty(self._folder_named("temp"))

    def tidy_inputs(self) -> None:
        """Empty the input folder, as people do."""
        _empty(self._folder_named("input"))

    def input_images(self) -> Sequence[str]:
        """The images that lie directly in the input folder, sorted."""
        names = (path.name for path in self._folder_named("input").iterdir() if path.is_file())
        return sorted(name for name in names if Path(name).suffix.lower() in _IMAGE_SUFFIXES)

    def annotated(self, name: str) -> Path:
        """The path of a graph's ``name``, ``sub/name`` or ``name [output]``, existing or not; or OutsideFolder."""
        match = _ANNOTATION.match(name)
        kind, plain = (match["kind"], match["name"]) if match else ("input", name)
        return self.within(kind, plain)

    def within(self, kind: str, relative: str) -> Path:
        """``relative`` inside the folder of ``kind``; OutsideFolder when it leads out of it."""
        folder = self._folder_named(kind)
        path = (folder / relative).resolve()
        if path != folder and folder not in path.parents:
            raise OutsideFolder(f"{relative!r} is outside the {kind} folder")
        return path

    def digest(self, name: str) -> str:
        """SHA-256 of the file that a graph names; OSError when there is none."""
        return hashlib.sha256(self.annotated(name).read_bytes()).hexdigest()

    def save(
        self, kind: str, prefix: str, size: tuple[int, int], contents: Sequence[bytes], suffix: str = ".png"
    ) -> list[SavedFile]:
        """Write files as ``prefix_00001_.png`` and so on, counting on from the highest number there."""
        prefix = _with_variables(prefix, size)
        path = self.within(kind, prefix)
        folder, stem = path.parent, Path(prefix).name
        folder.mkdir(parents=True, exist_ok=True)
        subfolder = folder.relative_to(self._folder_named(kind)).as_posix()
        counter = self._next_counter(folder, stem, suffix)
        saved = []
        for number, content in enumerate(contents):
            name = f"{stem.replace('%batch_num%', str(number))}_{counter:05}_{suffix}"
            (folder / name).write_bytes(content)
            saved.append(SavedFile(name, "" if subfolder == "." else subfolder, kind))
            counter += 1
        self._counters[folder, stem] = counter - 1
        return saved

    def _next_counter(self, folder: Path, stem: str, suffix: str) -> int:
        last = self._counters.get((folder, stem))
        if last is not None and (folder / f"{stem}_{last:05}_{suffix}").exists():
            return last + 1
        pattern = re.compile(rf"^{re.escape(stem)}_(\d+)_")
        matches = (pattern.match(path.name) for path in folder.iterdir())
        return max((int(match[1]) for match in matches if match), default=0) + 1

    def _folder_named(self, kind: str) -> Path:
        return self.root / kind


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def _with_variables(prefix: str, size: tuple[int, int]) -> str:
    now = datetime.now().astimezone()
    values = {"width": str(size[0]), "height": str(size[1]), "year": str(now.year)}
    values |= {part: f"{getattr(now, part):02}" for part in ("month", "day", "hour", "minute", "second")}
    for name, value in values.items():
        prefix = prefix.replace(f"%{name}%", value)
    return prefix
