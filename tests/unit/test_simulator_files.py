"""The simulator's folders: names, counters, and no way out."""

from pathlib import Path

import pytest

from vibes.simulator.state.files import Files, OutsideFolder
from vibes.simulator.state.job_queue import JobQueue, Result

SIZE = (64, 32)


def saved(files: Files, prefix: str, count: int = 1) -> list[str]:
    return [file.filename for file in files.save("output", prefix, SIZE, [b"png"] * count)]


def test_counters_go_on_from_what_the_folder_holds(tmp_path: Path) -> None:
    files = Files(tmp_path)
    assert saved(files, "job", 2) == ["job_00001_.png", "job_00002_.png"]
    (tmp_path / "output" / "job_00041_.png").write_bytes(b"")
    (tmp_path / "output" / "jobs_00077_.png").write_bytes(b"")
    assert saved(Files(tmp_path), "job") == ["job_00042_.png"]


def test_a_cleaned_folder_starts_again(tmp_path: Path) -> None:
    files = Files(tmp_path)
    saved(files, "job", 3)
    for path in (tmp_path / "output").iterdir():
        path.unlink()
    assert saved(files, "job") == ["job_00001_.png"]


def test_a_prefix_may_hold_folders_and_sizes(tmp_path: Path) -> None:
    (file,) = Files(tmp_path).save("output", "hub/%width%x%height%/job", SIZE, [b"png"])
    assert file.as_json() == {"filename": "job_00001_.png", "subfolder": "hub/64x32", "type": "output"}
    assert (tmp_path / "output" / "hub" / "64x32" / "job_00001_.png").read_bytes() == b"png"


@pytest.mark.parametrize("prefix", ["../escape", "/etc/escape", "a/../../escape"])
def test_nothing_is_written_outside(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(OutsideFolder):
        saved(Files(tmp_path), prefix)


@pytest.mark.parametrize(
    ("name", "where"),
    [("in.png", "input/in.png"), ("hub/in.png", "input/hub/in.png"), ("x.png [output]", "output/x.png")],
)
def test_a_name_in_a_graph_may_say_its_folder(tmp_path: Path, name: str, where: str) -> None:
    assert Files(tmp_path).annotated(name) == tmp_path / where


def test_temporary_files_go_and_the_others_stay(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.save("temp", "sub/x", SIZE, [b"png"])
    saved(files, "x")
    files.wipe_temp()
    assert list((tmp_path / "temp").iterdir()) == []
    assert (tmp_path / "output" / "x_00001_.png").exists()


def test_history_keeps_ten_thousand_and_one_and_the_place_of_a_repeated_id() -> None:
    queue = JobQueue(lambda: None)
    for number in range(10_003):
        finish(queue, str(number))
    ids = list(queue.history())
    assert (len(ids), ids[0]) == (10_001, "2")

    finish(queue, "5")
    assert list(queue.history())[:4] == ["3", "4", "5", "6"]


def finish(queue: JobQueue, prompt_id: str) -> None:
    queue.put((0, prompt_id, {}, {}, []))
    taken = queue.take()
    assert taken is not None
    queue.finish(taken[0], Result(succeeded=True, outputs={}, meta={}, messages=[]))
