"""A job as `vibes run` shows it: the tree of its tasks, what events change of it, the names of its files."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from vibes.client import Job, JobChanged, JobError, JobProgressed, Picture, TaskChanged
from vibes.client.http.decoding import decode
from vibes.commands.jobs.job_display import tree_of
from vibes.commands.jobs.job_results import file_names, names_of_all, usual_folder
from vibes.commands.jobs.job_state import JobState
from vibes.domain.job import JobStatus

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def picture(generation_id: str, node: str = "fast") -> dict[str, Any]:
    url = f"/api/images/s/{generation_id}"
    shown = {"image_url": url, "thumbnail_url": f"{url}/thumb", "width": 1, "height": 1, "seed": 7}
    return {"generation_id": generation_id, **shown, "node_id": node}


def job(*tasks: tuple[str, tuple[str, ...]], images: dict[str, list[str]] | None = None, result: Any = None) -> Job:
    given = images or {}
    told = {
        "job_id": "j",
        "kind": "workflow",
        "status": "complete" if result else "queued",
        "priority": "normal",
        "session_id": "s",
        "created_at": NOON,
        "started_at": None,
        "completed_at": None,
        "error": None,
        "progress": 0,
        "result": result,
        "tasks": [
            {
                "id": task_id,
                "type": "sd15.text2img",
                "status": "queued",
                "workflow": "w",
                "model_family": "sd15",
                "depends_on": depends_on,
                "batch_id": None,
                "progress": 0,
                "completed": 0,
                "total": None,
                "nodes": [],
                "started_at": None,
                "completed_at": None,
                "seconds": None,
                "error_message": None,
                "images": [picture(each) for each in given.get(task_id, ())],
            }
            for task_id, depends_on in tasks
        ],
    }
    return decode(Job, told)


def drawn(state: JobState) -> list[str]:
    console = Console(width=100, file=None, record=True, force_terminal=False)
    with console.capture() as capture:
        console.print(tree_of(state))
    return [line.rstrip() for line in capture.get().splitlines()]


def task_event(task_id: str, status: JobStatus, second: int = 0, **given: Any) -> TaskChanged:
    at = NOON + timedelta(seconds=second)
    return TaskChanged(id="1", job_id="j", task_id=task_id, status=status, at=at, **given)


def progress(batch_id: str, generation_id: str, current: int, completed: int = 0) -> JobProgressed:
    return JobProgressed(
        id="1-1",
        job_id="j",
        batch_id=batch_id,
        generation_id=generation_id,
        node_id="slow",
        current=current,
        total=10,
        completed=completed,
        batch_total=2,
        eta_seconds=12.4,
    )


def test_each_task_stands_below_what_it_starts_from() -> None:
    state = JobState(job(("a", ()), ("b", ("a",)), ("c", ()), ("d", ("a", "c"))))
    assert drawn(state) == [
        "job j  queued",
        "├── · a  sd15.text2img",
        "│   └── · b  sd15.text2img",
        "└── · c  sd15.text2img",
        "    └── · d  sd15.text2img  from a, c",
    ]


def test_events_fill_the_tree_and_the_end_is_reached_only_with_the_pictures() -> None:
    state = JobState(job(("a", ())))
    state.apply(task_event("a", JobStatus.QUEUED, batch_id="b"))
    state.apply(JobChanged(id="2", job_id="j", status=JobStatus.RUNNING, at=NOON))
    state.apply(task_event("a", JobStatus.RUNNING))
    state.apply(progress("another", "g9", 5))
    state.apply(progress("b", "g1", 5))
    assert state.tasks["a"].progress == 0.25
    assert drawn(state)[1].endswith("a  sd15.text2img  " + "━" * 20 + "  0/2  slow  about 12 s left")
    state.apply(progress("b", "g1", 10))
    state.apply(progress("b", "g2", 10, completed=1))
    assert state.tasks["a"].progress == 0.99
    images = tuple(decode(Picture, picture(each, "fast")) for each in ("g1", "g2"))
    state.apply(task_event("a", JobStatus.COMPLETE, 3, images=images))
    assert drawn(state) == ["job j  running", "└── ✔ a  sd15.text2img  2/2  fast  3.0 s"]


def test_a_failure_is_told_where_it_happened_and_nothing_of_it_is_markup() -> None:
    state = JobState(job(("a", ())))
    state.apply(task_event("a", JobStatus.FAILED, error_message="[red]no[/] such file"))
    error = JobError(task_id="a", message="no")
    state.apply(JobChanged(id="3", job_id="j", status=JobStatus.FAILED, at=NOON, error=error))
    assert drawn(state) == ["job j  failed", "└── ✘ a  sd15.text2img  [red]no[/] such file"]
    assert state.error == error


def test_files_are_named_by_task_and_number_and_never_clash() -> None:
    images = {"a": ["g1", "g2"], "A": ["g3"]}
    result = {"x": [picture("g2"), picture("gone")], "y": {"z": picture("g3")}, "again": picture("g2"), "seed": 7}
    named = file_names(job(("a", ()), ("A", ()), images=images, result=result))
    assert named == {"g2": "a-02.png", "gone": "picture-02.png", "g3": "A-01.png"}
    clash = file_names(job(("a", ()), ("A", ()), images=images, result=[picture("g1"), picture("g3")]))
    assert clash == {"g1": "a-01.png", "g3": "A-01-2.png"}
    assert names_of_all(clash, [3, 2]) == [["a-01.png", "a-01-2-2.png", "a-01-3.png"], ["A-01-2.png", "A-01-2-2-2.png"]]


def test_no_name_leads_out_of_the_folder() -> None:
    hostile = job(("../up", ()), images={"../up": ["g1"]}, result=picture("g1"))
    assert file_names(hostile) == {"g1": "task-01.png"}
    assert usual_folder("../../etc").name == "job"
