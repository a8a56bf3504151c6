"""Shows what feedback would make of a session's prompt, and uses it where that was asked for."""

import difflib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from vibes.client import AsyncHubClient, ClientError, Feedback, HubAddress, IterationPlan, Session
from vibes.commands.common.console import escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub

_LISTED = 500
_SHORTEST_ID = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    session: str
    feedback: str
    prompt: str | None
    negative: str | None
    family: str | None
    selected: tuple[str, ...]
    rejected: tuple[str, ...]
    use: bool
    json_output: bool


async def run_refine(address: HubAddress, asked: Asked) -> None:
    try:
        async with open_hub(address) as hub:
            session = await _session(hub, asked.session)
            prompt = asked.prompt if asked.prompt is not None else _text(session, "prompt")
            feedback = Feedback(
                feedback_text=asked.feedback,
                current_prompt=prompt,
                current_negative=asked.negative if asked.negative is not None else _text(session, "negative_prompt"),
                model_family=asked.family,
                selected_image_ids=asked.selected,
                rejected_image_ids=asked.rejected,
            )
            plan = await hub.refinements.plan(session.id, feedback)
            if asked.use:
                changes = {"prompt": plan.suggested_prompt, "negative_prompt": plan.suggested_negative}
                await hub.sessions.change(session.id, changes=changes)
    except ClientError as error:
        fail(str(error))
    if asked.json_output:
        print(json.dumps(asdict(plan), ensure_ascii=False, indent=2))  # noqa: T201 - JSON goes to stdout unwrapped
        return
    _show(prompt, plan)
    if asked.use:
        notes.print("it is the session's prompt now")


async def _session(hub: AsyncHubClient, beginning: str) -> Session:
    """By its id or how it begins, among the newest ones."""
    if len(beginning) >= _SHORTEST_ID:
        return await hub.sessions.get(beginning)
    listed = (await hub.sessions.list(limit=_LISTED)).sessions
    found = [each.id for each in listed if each.id.startswith(beginning)]
    if len(found) != 1:
        fail(f"{beginning!r} may mean {', '.join(found[:5])}" if found else f"there is no session {beginning!r}")
    return await hub.sessions.get(found[0])


def _text(session: Session, name: str) -> str:
    value = session.config.get(name)
    return value if isinstance(value, str) else ""


def _show(before: str, plan: IterationPlan) -> None:
    if plan.question:
        out.print(escape_markup(plan.question))
        return
    # without its colours, old words among new ones would be a prompt that nobody meant
    words = " ".join(_words(before, plan.suggested_prompt)) if out.is_terminal else escape_markup(plan.suggested_prompt)
    out.print(words, soft_wrap=True)
    if plan.suggested_negative:
        out.print(f"[dim]not:[/] {escape_markup(plan.suggested_negative)}", soft_wrap=True)
    out.print(escape_markup(plan.rationale), soft_wrap=True)
    for conflict in plan.conflicts:
        earlier = f" (earlier: “{conflict.earlier_feedback}”)" if conflict.earlier_feedback else ""
        out.print(f"[yellow]{escape_markup(conflict.message + earlier)}[/]", soft_wrap=True)
    for note in plan.notes:
        out.print(f"[dim]{escape_markup(note)}[/]", soft_wrap=True)
    if plan.degraded:
        out.print(f"[dim]{escape_markup(plan.degraded)}[/]", soft_wrap=True)


def _words(before: str, after: str) -> Iterator[str]:
    """The new prompt with what is new in green, and what is gone in red."""
    old, new = before.split(), after.split()
    for change, begin, end, at, until in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if change != "equal" and end > begin:
            yield f"[red strike]{escape_markup(' '.join(old[begin:end]))}[/]"
        if until > at:
            words = escape_markup(" ".join(new[at:until]))
            yield words if change == "equal" else f"[green]{words}[/]"
