"""Results never take the place of earlier files, and what a hub sends is drawn on a sheet only if it is a picture."""

import errno
import threading
from pathlib import Path

import pytest

from tests.pictures import header as png_header
from tests.pictures import opened, png_of, ramp, ramp_of_sixteen_bits, saved
from vibes.commands.common.result_files import renamed, write_new
from vibes.commands.pictures.contact_sheet import CELL, contact_sheet


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_of_another_content_keeps_its_name_and_the_new_one_gets_the_next(tmp_path: Path) -> None:
    wanted = tmp_path / "01-7.png"
    paths = [write_new(wanted, content) for content in (b"barn", b"whale", b"fox")]
    assert [path.name for path in paths] == ["01-7.png", "01-7-2.png", "01-7-3.png"]
    assert [path.read_bytes() for path in paths] == [b"barn", b"whale", b"fox"]
    assert names_in(tmp_path) == ["01-7-2.png", "01-7-3.png", "01-7.png"], "and nothing else is left"


def test_the_very_same_content_is_not_written_twice(tmp_path: Path) -> None:
    wanted = tmp_path / "01-7.png"
    for content in (b"barn", b"whale"):
        write_new(wanted, content)
    assert write_new(wanted, b"barn") == wanted
    assert write_new(wanted, b"whale").name == "01-7-2.png"
    assert names_in(tmp_path) == ["01-7-2.png", "01-7.png"]


def test_who_wants_it_may_overwrite(tmp_path: Path) -> None:
    wanted = tmp_path / "01-7.png"
    for content in (b"barn", b"whale"):
        assert write_new(wanted, content, overwrite=True) == wanted
    assert (wanted.read_bytes(), names_in(tmp_path)) == (b"whale", ["01-7.png"])


@pytest.mark.parametrize("links", [True, False])
def test_programs_that_write_at_the_same_time_never_get_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def no_link(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "not on this file system")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_link)
    pids = iter(range(1, 100))
    monkeypatch.setattr("os.getpid", lambda: next(pids))  # each thread stands for a program
    got: list[tuple[Path, bytes]] = []

    def write(content: bytes) -> None:
        got.append((write_new(tmp_path / "x.png", content), content))

    writers = [threading.Thread(target=write, args=(f"picture {number}".encode(),)) for number in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({path for path, _ in got}) == 16
    assert all(path.read_bytes() == content for path, content in got)
    assert len(names_in(tmp_path)) == 16


def test_a_person_is_told_the_names_that_were_taken() -> None:
    assert renamed({"a.png": Path("out/a.png")}) == ""
    files = {f"{number}.png": Path(f"out/{number}-2.png") for number in range(5)}
    assert renamed(files) == (
        "earlier files stay as they are: saved 0.png as 0-2.png, 1.png as 1-2.png, 2.png as 2-2.png and 2 more; "
        "--overwrite replaces them"
    )


POSTSCRIPT = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 100 100
%%EndComments
/p (MARKER) def { p (w) file dup (x) writestring closefile } stopped pop
showpage
%%EOF
"""


def test_postscript_from_a_hostile_hub_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "it-ran"
    hostile = {"eps": POSTSCRIPT.replace(b"MARKER", bytes(marker)), "empty": b"", "text": b"<html>"}
    paths = []
    for name, content in hostile.items():
        paths.append(tmp_path / f"{name}.png")
        paths[-1].write_bytes(content)
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(png_of(png_header(12_000, 12_000), b"\0" * 1000))
    read: list[object] = []
    monkeypatch.setattr("subprocess.check_call", lambda command, **_: read.append(command))  # how Pillow runs it
    sheet = opened(contact_sheet([*paths, bomb]))
    assert sheet.width > CELL
    assert (read, marker.exists()) == ([], False)


def test_a_sheet_shows_every_kind_of_picture_as_it_is(tmp_path: Path) -> None:
    contents = [ramp_of_sixteen_bits(0), saved(ramp("P")), saved(ramp("RGBA")), saved(ramp("RGB"), "JPEG", quality=98)]
    paths = [tmp_path / f"{number}.png" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    sheet = opened(contact_sheet(paths)).convert("L")
    for column, row in ((0, 0), (1, 0), (2, 0), (0, 1)):
        left, middle = 12 + 268 * column + 96, 12 + 294 * row + 128
        seen = [int(sheet.getpixel((left + x, middle))) for x in (0, 32, 63)]  # type: ignore[arg-type]  # one band
        assert seen == pytest.approx([0, 129, 255], abs=6)
