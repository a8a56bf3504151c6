"""What machines say is stored, whatever is in it: an attempt must be able to end."""

from tests.factories import NOON, begin_attempt, make_session, store_batch
from vibes.ports.storage import Storage


async def test_an_attempt_ends_whatever_its_node_called_it(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)

    assert await storage.attempts.fail(attempt.id, "broke at \0 and \ud800", at=NOON)

    found = await storage.generations.get(generation.id)
    assert found is not None
    assert found.error_message == "broke at \ufffd and \ufffd"


async def test_what_holds_such_words_deep_inside_does_not_hide_its_neighbours(storage: Storage) -> None:
    """A list asks for one value of each document, which PostgreSQL refuses where another one has a NUL."""
    session = make_session(config={"prompt": "a boat", "told": ["NUL \0", "half \ud800", "no NUL: \\u0000"]})
    await storage.sessions.add(session)

    [summary] = await storage.sessions.list(limit=10, offset=0)

    assert summary.title == "a boat"
    found = await storage.sessions.get(session.id)
    assert found is not None
    assert "no NUL: \\u0000" in list(found.config["told"])  # type: ignore[arg-type]  # it is a list
