"""The folder of one generator: what it draws from, what it has drawn, and its journal. Its methods block."""

from pathlib import Path

from vibes.domain.errors import ENDLESS_OUTPUT, NodeMisbehaved, OutputGone, OutputRefused

KEPT = 200
"""Files of each sort that stay, the newest ones: what an attempt needs lies there for minutes, seldom for hours."""
LARGEST_BYTES = 256 * 2**20
"""Of one picture, as from any node."""


class GeneratorFiles:
    def __init__(self, folder: Path) -> None:
        self.inputs = folder / "inputs"
        self.pictures = folder / "pictures"
        self.requests = folder / "requests"

    def input_path(self, digest: str) -> Path:
        return self.inputs / f"{digest}.png"

    def keep_input(self, digest: str, content: bytes) -> None:
        """Whole or not at all."""
        self.inputs.mkdir(parents=True, exist_ok=True)
        unfinished = self.inputs / f".{digest}.part"
        unfinished.write_bytes(content)
        unfinished.replace(self.input_path(digest))
        _tidy(self.inputs)

    def tidy(self) -> None:
        """Remove old pictures: the hub has them."""
        _tidy(self.pictures)


def read_picture(path: Path) -> bytes:
    """OutputGone when there is no such file, OutputRefused when it is too large, NodeMisbehaved when it is empty."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise OutputGone(f"its picture {path.name} is not there: {error.strerror}") from error
    if len(content) > LARGEST_BYTES:
        raise OutputRefused(f"its picture is larger than {LARGEST_BYTES // 2**20} MiB", code=ENDLESS_OUTPUT)
    if not content:
        raise NodeMisbehaved(f"its picture {path.name} is empty")
    return content


def _tidy(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    for path in sorted(files, key=_modified)[:-KEPT]:
        path.unlink(missing_ok=True)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
