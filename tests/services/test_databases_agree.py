"""The same rows and the same question have one answer, whichever database is asked: letters of any script, their case,
their order, equal moments, and everything that a search may combine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.backing import postgresql
from tests.factories import NOON, make_batch_of, make_lora, make_session, make_spec
from vibes.domain.batch import Batch
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.session import Session
from vibes.ports.criteria import GenerationFilter, Sort
from vibes.ports.storage import Storage
from vibes.storage.open import open_storage

SESSIONS, BATCHES, EACH, QUESTIONS = 3, 40, 5, 150
LETTERS = "aAbBzZéÉeäÄßſİıiI σςΣ ЁёЕе 日本 ｱア 🦊 %_\\'\"-–~()[]{}:,.\t\n\u200d\u0301\ufeff\U0001f1e9\U0001f1ea"


def text(chance: Random, most: int = 12) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(1, most)))


def rows(chance: Random) -> tuple[list[Session], list[tuple[Batch, list[Generation]]]]:
    sessions = [make_session() for _ in range(SESSIONS)]
    batches = []
    for _ in range(BATCHES):
        spec = make_spec(
            prompt=text(chance, 40),
            checkpoint=chance.choice([None, text(chance)]),
            model_family=chance.choice(["sd15", "sdxl", text(chance)]),
            seed=chance.choice([0, 2**63, 2**64 - 1, chance.randrange(2**64)]),
            loras=tuple(make_lora(name) for name in {text(chance) for _ in range(chance.randint(0, 2))}),
        )
        batch, generations = make_batch_of(
            EACH,
            session_id=chance.choice(sessions).id,
            spec=spec,
            created_at=NOON + timedelta(microseconds=chance.randint(0, 5)),
            varied={"wording:" + text(chance, 4): text(chance), "steps": chance.randint(1, 99)},
        )
        marked = [
            replace(each, rating=chance.choice([None, 1, 3, 5]), starred=chance.random() < 0.3) for each in generations
        ]
        batches.append((batch, marked))
    return sessions, batches


def question(chance: Random, batches: Sequence[tuple[Batch, list[Generation]]]) -> GenerationFilter:
    batch, generations = chance.choice(batches)
    spec = generations[0].spec
    begin = chance.randrange(len(spec.prompt))
    part = spec.prompt[begin : begin + chance.randint(1, 4)]
    offers: dict[str, Any] = {
        "text": chance.choice([part, part.upper(), part.lower(), text(chance, 2)]),
        "words": chance.choice([part, text(chance, 2), "steps"]),
        "session_id": batch.session_id,
        "model_family": spec.model_family,
        "seed": spec.seed,
        "lora": next(iter(spec.loras)).name if spec.loras else text(chance),
        "varied": chance.choice([{"wording": None}, {"steps": str(chance.randint(1, 99))}, {"steps": None}]),
        "statuses": chance.sample(list(GenerationStatus), 2),
        "starred": chance.random() < 0.5,
        "min_rating": chance.randint(1, 5),
        "created_from": NOON + timedelta(microseconds=chance.randint(0, 5)),
    }
    chosen = chance.sample(sorted(offers), chance.randint(0, 2))
    order = chance.choice([Sort.NEWEST, Sort.OLDEST, Sort.RATING, Sort.MODEL])
    page: dict[str, Any] = {"limit": chance.choice([3, 500]), "offset": chance.choice([0, 2]), "sort": order}
    return GenerationFilter(**{name: offers[name] for name in chosen}, **page)


async def fill(storage: Storage, sessions: list[Session], batches: Sequence[tuple[Batch, list[Generation]]]) -> None:
    for session in sessions:
        await storage.sessions.add(session)
    for batch, generations in batches:
        await storage.generations.add_batch(batch, generations, None)


async def test_both_databases_give_the_same_answers(tmp_path: Path) -> None:
    chance = Random(7)  # noqa: S311 - the same story each time
    sessions, batches = rows(chance)
    with postgresql().database() as url:
        async with open_storage(url) as served, open_storage(f"sqlite:///{tmp_path}/vibes.db") as filed:
            await fill(served, sessions, batches)
            await fill(filed, sessions, batches)
            lengths = set()
            for _ in range(QUESTIONS):
                asked = question(chance, batches)
                found = await served.generations.search(asked)
                assert list(found) == list(await filed.generations.search(asked)), asked
                assert await served.generations.count(asked) == await filed.generations.count(asked)
                lengths.add(len(found))
            assert len(lengths) > 10, "questions that find something, and various much"
            assert await served.generations.queued_ids() == await filed.generations.queued_ids()
            for words in ("", "a", "Σ", "日本"):
                told = await served.prompts.history(words, None, limit=100)
                assert told == await filed.prompts.history(words, None, limit=100)
