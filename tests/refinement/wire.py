"""Models' answers over the wire of both dialects, by seeds; half of them Ollama's, half OpenAI-compatible.

``python -m tests.refinement.wire --first 0 --seeds 2000`` tells all of them and what they ended in."""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random

from tests.fakes.llm import Turn
from tests.fakes.llm.brain import Brain, fenced
from tests.llm.asking import MODELS, server_of
from tests.refinement.seeded import FAMILIES, SENTENCES, assert_usable, nonsense, prose
from vibes.domain.chat.config import Dialect, Stage
from vibes.domain.ids import SessionId
from vibes.domain.refinement.feedback import FeedbackRequest
from vibes.domain.refinement.intent import IntentDocument
from vibes.ports.chat import ChatAnswer, ChatModel, ChatRequest
from vibes.ports.chat_servers import ChatServer
from vibes.services.refinement.suggesting import Suggestion, Suggestions

SHORT = 0.5
"""Seconds that a model may take which would never end."""
_MOST_TURNS = 4
_HONEST = 12
"""Times as often as each other script."""
_ENDLESS = {"hangs", "stalls", "goes on for ever"}
Script = Callable[[Random, str], Turn]


def _broken(chance: Random, honest: str) -> Turn:
    text = chance.choice([honest.replace("]", "", 1), honest.replace('"', "'"), honest.replace("[", "{"), "[" * 2000])
    return Turn(text=text)


def _wrong(chance: Random, _: str) -> Turn:
    return Turn(text=json.dumps(chance.choice([{"keep": None, "remove": 3}, [1, 2], {"prompt": []}, "fine", 7, {}])))


SCRIPTS: Mapping[str, Script] = {
    "honest": lambda _, honest: Turn(text=honest),
    "fenced": lambda _, honest: fenced(honest),
    "not streamed": lambda _, honest: Turn(text=honest, whole=True),
    "thinks in a block": lambda _, honest: Turn(text=f"<think>{{maybe}}</think>Here: {honest}"),
    "thinks in its field": lambda _, honest: Turn(text=honest, thought="{hm"),
    "thinks and never ends it": lambda _, honest: Turn(text=f"<think>{honest}"),
    "broken": _broken,
    "of another form": _wrong,
    "empty": lambda *_: Turn(text=""),
    "truncated": lambda chance, honest: Turn(text=honest[: chance.randrange(len(honest))], finish="length"),
    "refuses in words": lambda *_: Turn(text="I am sorry, but I cannot help with that."),
    "refuses in its field": lambda *_: Turn(text="", refusal="I cannot help with that.", finish="content_filter"),
    "giant": lambda chance, honest: Turn(text=chance.choice([honest * 400, " " * 200_000 + honest]), whole=True),
    "goes on for ever": lambda _, honest: Turn(text=honest, endless=True),
    "stalls": lambda _, honest: Turn(text=honest, stalls=True),
    "hangs": lambda *_: Turn(hangs=True),
    "cut": lambda _, honest: Turn(text=honest, cut=True),
    "ends without an end": lambda _, honest: Turn(text=honest, no_end=True),
    "fails while it says it": lambda _, honest: Turn(text=honest, error="CUDA error: out of memory"),
    "500": lambda chance, _: Turn(
        status=500, error="llama runner process has terminated", plain_error=chance.random() < 0.5
    ),
    "busy": lambda *_: Turn(status=503, error="server busy, please try again. maximum pending requests exceeded"),
    "sent elsewhere": lambda *_: Turn(leads_to="http://127.0.0.1:9/"),
    "model missing": lambda *_: Turn(),
}


@dataclass(slots=True)
class WireModel:
    server: ChatServer
    name: str
    seconds: float | None
    asked: int = 0

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        self.asked += 1
        if self.seconds is not None:
            request = replace(request, limits=replace(request.limits, seconds=self.seconds))
        return await self.server.complete(self.name, request)


@dataclass(slots=True)
class WireStages:
    """Implements ``ChatStages``."""

    models: Mapping[Stage, WireModel]

    def model(self, stage: Stage) -> ChatModel | None:
        return self.models.get(stage)

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        yield


Servers = Mapping[Dialect, Mapping[Stage, tuple[ChatServer, Brain]]]


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """Of each dialect one for each stage that writes."""
    async with AsyncExitStack() as open_ones:
        yield {
            dialect: {
                stage: await open_ones.enter_async_context(server_of(dialect))
                for stage in (Stage.INTERPRETER, Stage.ENGINEER)
            }
            for dialect in Dialect
        }


@dataclass(frozen=True, slots=True)
class Told:
    scripts: tuple[str, ...]
    suggestion: Suggestion
    seconds: float


async def told(seed: int, over: Servers) -> Told:
    """Raises where what it ends in is of no use."""
    chance = Random(seed)  # noqa: S311 - a story that can be told again
    sentence = chance.choice(SENTENCES)
    dialect = list(Dialect)[seed % 2]
    names: list[str] = []
    models: dict[Stage, WireModel] = {}
    for stage, (server, brain) in over[dialect].items():
        drawn = chance.choices(list(SCRIPTS), [_HONEST if each == "honest" else 1 for each in SCRIPTS], k=_MOST_TURNS)
        says = nonsense(chance) if stage is Stage.INTERPRETER else prose(chance, sentence.prompt)
        brain.script.clear()
        brain.plays(*(SCRIPTS[each](chance, json.dumps(says)) for each in drawn))
        name = "gone:1b" if drawn[0] == "model missing" else MODELS[dialect]
        models[stage] = WireModel(server, name, SHORT if _ENDLESS & set(drawn) else None)
        names += drawn
    request = FeedbackRequest(
        session_id=SessionId("s"),
        feedback=sentence.feedback,
        prompt=sentence.prompt,
        family=chance.choice(FAMILIES),
    )
    suggestions = Suggestions(WireStages(models), None, None)  # type: ignore[arg-type]  # no pictures are looked at
    begun = time.monotonic()
    document = IntentDocument(session_id=request.session_id)
    suggestion = await suggestions.suggest(request, document, request.family or "", None)
    assert_usable(request, suggestion)
    assert all(model.asked <= 3 for model in models.values()), "one repair, one longer answer"
    return Told(tuple(names), suggestion, time.monotonic() - begun)


@dataclass(slots=True)
class Tally:
    by_models: int = 0
    by_rules: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    scripts: set[str] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)


async def tell(first: int, count: int) -> Tally:
    tally = Tally()
    async with servers() as over:
        for seed in range(first, first + count):
            try:
                story = await told(seed, over)
            except Exception as error:  # noqa: BLE001 - every kind of failure is one to be looked into
                tally.wrong.append(f"seed {seed}: {type(error).__name__}: {error}"[:400])
                continue
            tally.scripts.update(story.scripts)
            degraded = story.suggestion.degraded
            tally.by_models += degraded is None
            tally.by_rules += degraded is not None
            tally.slowest = max(tally.slowest, story.seconds)
            tally.reasons[(degraded or "by models")[:60]] += 1
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=2000)
    chosen = parser.parse_args()
    tally = asyncio.run(tell(chosen.first, chosen.seeds))
    lines = [f"{count:5} {reason}" for reason, count in tally.reasons.most_common()]
    lines += [*tally.wrong, f"by models {tally.by_models}, by rules {tally.by_rules}, wrong {len(tally.wrong)}"]
    lines.append(f"the slowest took {tally.slowest:.1f} s")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
