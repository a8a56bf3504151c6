"""Judges the servers of language models that llm.yaml names. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vibes.domain.chat.config import Stage
from vibes.domain.doctor.finding import Area, Finding, ok, warn
from vibes.ports.chat import ChatFault
from vibes.text.plain_text import shortened

_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLook:
    """What a server said about the model of one stage."""

    stage: Stage
    server: str
    model: str
    there: bool | None = None
    """None: it lists no models."""
    vision: bool | None = None
    fault: ChatFault | None = None
    """Why it could not be asked."""
    advice: str = ""


def judge_models(looks: Sequence[StageLook]) -> Iterator[Finding]:
    """None of these is wrong: rules do the work of a stage whose model does not answer."""
    if not looks:
        yield ok(Area.LLM, "llm_none", "no language model is configured: rules do that work.")
        return
    well = []
    told: set[tuple[str, ChatFault]] = set()
    for each in looks:
        subject = f"{each.stage} ({each.server})"
        if each.fault is not None:
            if (each.server, each.fault) not in told:
                told.add((each.server, each.fault))
                yield warn(
                    Area.LLM, f"llm_{each.fault}", f"{_sentence(each.advice)} Until then rules do its work.", subject
                )
        elif each.there is False:
            advice = each.advice or f"{each.server} does not have {each.model}"
            yield warn(Area.LLM, "llm_no_model", f"{_sentence(advice)} Until then rules do its work.", subject)
        elif each.stage is Stage.VISION and each.vision is False:
            message = f"{each.model} sees no pictures: choose one that does for the stage vision."
            yield warn(Area.LLM, "llm_no_vision", message, subject)
        else:
            well.append(f"{each.stage}: {each.model}")
    if well:
        yield ok(Area.LLM, "llm_there", f"{'; '.join(well)}.")


def _sentence(advice: str) -> str:
    text = shortened(advice.strip(), _LONGEST)
    return text if text.endswith((".", "!", "?")) else f"{text}."
