"""Judges the files that people edit: each mistake with its line. Pure."""

from collections.abc import Iterator, Sequence

from vibes.domain.doctor.finding import Area, Finding, ok, wrong
from vibes.domain.errors import DocumentProblem
from vibes.text.plain_text import shortened

_MOST = 5
"""Mistakes of one kind that are told one by one."""
_LONGEST = 300
_WHERE = {"workflow": "`vibes workflows check`", "gpus": "`vibes nodes`", "llm": "`vibes llm`", "flows": "the log"}


def judge_document(area: Area, name: str, problems: Sequence[DocumentProblem], *, well: str) -> Iterator[Finding]:
    """``name``: the first part of the code; ``well``: what is so where there is no mistake."""
    if not problems:
        if well:
            yield ok(area, f"{name}_well", well)
        return
    for problem in problems[:_MOST]:
        what = shortened(problem.message, _LONGEST)
        yield wrong(area, f"{name}_mistake", f"{what}: mend that line.", problem.place)
    if len(problems) > _MOST:
        more = f"{len(problems) - _MOST} more mistakes: {_WHERE[name]} shows them all."
        yield wrong(area, f"{name}_mistakes_more", more)


def judge_workflows(
    count: int, problems: Sequence[DocumentProblem], warnings: Sequence[DocumentProblem], stale: int
) -> Iterator[Finding]:
    """``count``: how many can be used; ``stale``: how many of these only as they were before an edit broke them."""
    old = f", {stale} of them as they last were good" if stale else ""
    doubts = f", {len(warnings)} warnings" if warnings else ""
    yield from judge_document(Area.WORKFLOWS, "workflow", problems, well=f"{count} workflows can be used{doubts}.")
    if problems:
        yield ok(Area.WORKFLOWS, "workflows_used", f"{count} others can be used{old}.")
