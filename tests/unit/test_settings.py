"""Settings out of the environment and from the command line, and the folders that they name."""

import os
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from vibes.cli import app
from vibes.commands.common.given_settings import load_settings
from vibes.storage.open import open_storage
from vibes.storage.sql.sqlite import database_path
from vibes.storage.sql.urls import database_url
from vibes.storage.upgrading.migrate import migrate
from vibes.storage.upgrading.schema import MIGRATIONS

GRAPH = Path(__file__).parents[1] / "fixtures" / "graphs" / "sd15_txt2img.sd15.json"


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    # The environment is what is tested; there is no other way in.
    monkeypatch.setenv("VIBES_ALLOWED_HOSTS", "studio.local, mybox")
    monkeypatch.setenv("VIBES_ALLOWED_ORIGINS", "http://app.example")
    settings = load_settings()
    assert settings.allowed_hosts == ("studio.local", "mybox")
    assert settings.allowed_origins == ("http://app.example",)


def test_an_empty_variable_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIBES_ALLOWED_HOSTS", "")
    assert load_settings().allowed_hosts == ()


@pytest.mark.parametrize("variable", ["data", "config", "flows", "templates"])
def test_a_tilde_in_a_variable_is_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(f"VIBES_{variable.upper()}", "~/vibes/here")
    assert getattr(load_settings(), variable) == tmp_path / "vibes" / "here"
    assert getattr(load_settings(**{variable: Path("~/typed")}), variable) == tmp_path / "typed"


def test_a_tilde_in_the_folders_of_workflows_is_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VIBES_WORKFLOWS", os.pathsep.join(("~/mine", "/else/where")))
    assert load_settings().workflows == (tmp_path / "mine", Path("/else/where"))


def test_a_tilde_of_nobody_is_a_name_like_any_other() -> None:
    assert load_settings(data=Path("~no-such-person/x")).data == Path("~no-such-person/x")


@pytest.mark.parametrize("option", ["--out", "--into", "export"])
def test_a_tilde_that_no_shell_expands_is_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    commands = {
        "--out": ["generate", "a cat", "--out=~/pictures", "--url", "http://127.0.0.1:9"],
        "--into": ["workflows", "import", str(GRAPH), "--name", "mine", "--into=~/flows"],
        "export": ["workflows", "import", "~/export.json", "--name", "mine", "--into", str(tmp_path / "flows")],
    }
    (tmp_path / "export.json").write_bytes(GRAPH.read_bytes())
    CliRunner().invoke(app, commands[option])
    made = {"--out": tmp_path / "pictures"}.get(option, tmp_path / "flows" / "workflows" / "mine.json")
    assert made.exists()


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


AWKWARD = ["my%20data", "what?now", "?", "#", "50%", "a b", "ü", "&=;", "file:x", "a@b:c", "100%25"]


@pytest.mark.parametrize("name", AWKWARD)
async def test_the_database_lies_in_the_folder_that_was_named_whatever_its_name(tmp_path: Path, name: str) -> None:
    settings = load_settings(data=tmp_path / name)
    for _ in range(2):  # the second time it is there, and is asked for its schema
        async with open_storage(settings.storage_url) as storage:
            await storage.ping()
    assert everything_in(tmp_path) == [name, f"{name}/vibes.db", f"{name}/vibes.db.lock"]


async def test_an_older_database_in_such_a_folder_is_backed_up_beside_it(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / "what?now%20")
    shutil.copytree(
        MIGRATIONS, tmp_path / "older", ignore=shutil.ignore_patterns("__pycache__", "000[3-9]_*", "00[1-9]?_*")
    )
    settings.data.mkdir()
    migrate(settings.data / "vibes.db", migrations=tmp_path / "older")
    async with open_storage(settings.storage_url) as storage:
        await storage.ping()
    assert len(list(settings.data.glob("vibes.db.before-*.bak"))) == 1


def test_a_tilde_in_the_url_of_the_database_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert database_path(database_url("sqlite:///~/x/vibes.db")) == tmp_path.resolve() / "x" / "vibes.db"


def test_settings_stand_in_files_of_a_folder_and_the_environment_goes_before_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "vibes_api_key").write_text("out-of-a-file-of-its-own\n")
    (tmp_path / "vibes_database_url").write_text("postgresql://vibes:secret@database/vibes\n")
    (tmp_path / "another_program").write_text("?")
    monkeypatch.setenv("VIBES_SECRETS", str(tmp_path))
    settings = load_settings()
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "out-of-a-file-of-its-own"
    assert settings.database_url == "postgresql://vibes:secret@database/vibes"
    assert "secret@" not in repr(settings)
    monkeypatch.setenv("VIBES_DATABASE_URL", "sqlite:///elsewhere.db")
    assert load_settings().database_url == "sqlite:///elsewhere.db"
    monkeypatch.setenv("VIBES_SECRETS", str(tmp_path / "nowhere"))
    assert load_settings().api_key is None, "a container without secrets has no such folder"


def test_a_secret_that_may_not_be_read_is_told_with_who_would_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vibes_api_key").write_text("out-of-a-file-of-its-own\n")

    def refused(path: Path, *_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refused)  # root may read everything
    with pytest.raises(typer.Exit):
        load_settings(secrets=tmp_path)
    said = " ".join(capsys.readouterr().err.split())
    assert f"vibes_api_key cannot be read by uid {os.getuid()}, which this runs as: Permission denied" in said


def test_a_broker_beside_a_sqlite_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    given = {"VIBES_BROKER_URL": "redis://:secret@redis.example", "VIBES_DATA": str(tmp_path / "data")}
    done = CliRunner().invoke(app, ["serve", "--port", "0"], env=given)
    assert done.exit_code == 2
    assert "VIBES_DATABASE_URL" in done.output
    assert "secret" not in done.output
    assert not (tmp_path / "data" / "vibes.db").exists()


@pytest.mark.parametrize("url", ["http://:secret@x", "redis.example", "redis://:secret@x:99999", "redis://:secret@x:p"])
def test_an_address_that_is_none_of_redis_is_told_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIBES_BROKER_URL", url)
    with pytest.raises(typer.Exit):
        load_settings()
    told = capsys.readouterr().err
    assert "VIBES_BROKER_URL must be like redis://" in told
    assert "secret" not in told
    for right in ("redis://x", "rediss://user:p%40@x:6380/1", "unix:///run/redis.sock"):
        monkeypatch.setenv("VIBES_BROKER_URL", right)
        assert load_settings().broker_url is not None


def test_blanks_name_no_place_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIBES_MEDIA", "  ")
    assert load_settings().media is None


@pytest.mark.parametrize("url", ["10.0.0.5:8001", "ftp://x", "http://10.0.0.5:8001/studio", "http://"])
def test_an_address_for_other_hubs_is_a_url_without_a_path(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("VIBES_ADVERTISE", url)
    with pytest.raises(typer.Exit):
        load_settings()
    monkeypatch.setenv("VIBES_ADVERTISE", "http://10.0.0.5:8001/")
    assert load_settings().advertise == "http://10.0.0.5:8001"
