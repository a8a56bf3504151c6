"""The servers that tests run on: each test finds its own, empty."""

from sqlalchemy import create_engine, text

from tests.backing import postgresql, redis_server


def test_a_redis_is_empty_for_each_test_and_asks_for_its_password(redis_url: str) -> None:
    server = redis_server()
    assert "@127.0.0.1:" in redis_url or server.folder is None
    with server.client() as client:
        client.set("left", "behind")
    server.flush()
    with server.client() as client:
        assert client.get("left") is None


def test_a_database_belongs_to_one_test_alone() -> None:
    with postgresql().database() as one, postgresql().database() as other:
        assert one != other
        engine = create_engine(one)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO queue_pauses VALUES (now())"))
        engine.dispose()
        engine = create_engine(other)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM queue_pauses")).scalar() == 0
        engine.dispose()
